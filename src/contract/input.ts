import type { Parsed } from "../define/parse/parse.ts";
import type { ConnectorSpec } from "../define/spec.ts";
import type { TopologyMode } from "../matrix/cells.ts";
import type { MatrixPolicy } from "../matrix/policy.ts";

/** What a contract is made from: a connector as it is deployed, and where our regions are. */
export interface ContractInput {
  readonly spec: ConnectorSpec;
  /** Its schemas are the user's own. */
  readonly parsed: Parsed;
  readonly mode: TopologyMode;
  readonly regions: readonly string[];
  /** Base URL of each region that is deployed. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** That calls of each region come from, where the partner lets in fixed ones only. */
  readonly fixedAddresses: Readonly<Record<string, readonly string[]>>;
  readonly policy: MatrixPolicy;
}

/** A file for the partner. */
export interface ContractFile {
  readonly name: string;
  readonly text: string;
}
