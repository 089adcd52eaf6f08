import type { Source, Taker } from "../../../core/ports.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import type { Hall } from "../runtime/hall.ts";

/** Where a connector's entries go, and where it reads from. */
export interface Ends {
  readonly taker: Taker;
  readonly source: Source;
}

/** Built once for all calls of the function: connections are kept from one to the next. */
export type EndsOf = (hall: Hall, parts: ConnectorParts) => Ends;
