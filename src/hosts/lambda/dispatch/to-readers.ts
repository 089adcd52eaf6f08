import { noSource } from "../../../core/no-source.ts";
import type { BatchAnswer } from "../runtime/batches.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import { type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { dispatching } from "./dispatching.ts";
import { noTaker } from "./no-taker.ts";

/** For a feed: its readers fetch what was accepted, and here it is numbered and in the end forgotten. */
export const dispatchToReaders = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<BatchAnswer> =>
  dispatching(parts, () => ({ taker: noTaker, source: noSource }), surroundings);
