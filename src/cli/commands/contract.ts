import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contractOf } from "../../contract/contract.ts";
import type { ContractFile, ContractInput } from "../../contract/input.ts";
import type { Environment } from "../../define/environment.ts";
import { parseDefinition } from "../../define/parse/parse.ts";
import { leases } from "../../define/policy.ts";
import { DefinitionError } from "../../define/problem.ts";
import { resolveParsed } from "../../define/resolve.ts";
import type { TopologyMode } from "../../matrix/cells.ts";
import { matrixPolicy } from "../../matrix/policy.ts";
import { loadConnector, loadEnvironment, type ProgramOptions } from "../definitions/load.ts";
import { type EndpointOptions, readEndpoints } from "../endpoints/find.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import type { Output } from "../output.ts";

export interface ContractOptions extends ProgramOptions, EndpointOptions {
  readonly mode: TopologyMode;
  /** Absent: nothing is written. */
  readonly out?: string;
}

/**
 * What the partner of a connector is given.
 *
 * @throws UsageError, or DefinitionError where the definition cannot be read
 */
export const contract = async (
  connector: string,
  options: ContractOptions,
): Promise<Output & { readonly code: ExitCode }> => {
  const environment = await loadEnvironment(options);
  const files = await filesOf(environment, connector, options);
  if (options.out === undefined) return { json: { files }, text: files[0]?.text.trimEnd() ?? "", code: exit.well };
  mkdirSync(options.out, { recursive: true });
  const paths = files.map(({ name, text }) => {
    const path = join(options.out ?? "", name);
    writeFileSync(path, text);
    return path;
  });
  return { json: { written: paths }, text: paths.map((path) => `${path}: written`).join("\n"), code: exit.well };
};

const filesOf = async (
  environment: Environment,
  connector: string,
  options: ContractOptions,
): Promise<readonly ContractFile[]> => {
  const { name, definition, settings } = await loadConnector(environment, connector, options);
  const read = parseDefinition(definition, settings);
  if (read.kind === "refused" || read.problems.length > 0) throw new DefinitionError(name, read.problems);
  const { platform, regions } = environment;
  const { spec } = resolveParsed(name, read.parsed, leases[platform]);
  const { mode } = options;
  const policy = matrixPolicy(platform);
  return contractOf({ spec, parsed: read.parsed, mode, regions, ...(await deployedIn(options)), policy });
};

/** Where the regions are, and where they call from, if they were deployed. */
const deployedIn = async (options: EndpointOptions): Promise<Pick<ContractInput, "endpoints" | "fixedAddresses">> => {
  try {
    const regions = Object.entries((await readEndpoints(options)).regions);
    return {
      endpoints: Object.fromEntries(
        regions.flatMap(([region, { publicUrl }]) => (publicUrl === undefined ? [] : [[region, publicUrl]])),
      ),
      fixedAddresses: Object.fromEntries(
        regions.flatMap(([region, { fixedAddresses }]) =>
          fixedAddresses === undefined ? [] : [[region, fixedAddresses]],
        ),
      ),
    };
  } catch (error) {
    if (error instanceof UsageError && options.endpoints === undefined) return { endpoints: {}, fixedAddresses: {} };
    throw error;
  }
};
