import { noSource } from "../../../core/no-source.ts";
import { Unsupported } from "../../../drivers/unsupported.ts";
import type { BatchAnswer } from "../runtime/batches.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import type { Hall } from "../runtime/hall.ts";
import { type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { dispatching } from "./dispatching.ts";
import type { Ends } from "./ends.ts";

/** For a connector that sends. */
export const dispatchToPartner = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<BatchAnswer> =>
  dispatching(parts, endsOf, surroundings);

const endsOf = ({ connector, context }: Hall, { driver }: ConnectorParts): Ends => {
  const { spec, functions } = connector;
  if (spec.role !== "send" || functions.direction !== "egress" || driver.send === undefined) {
    throw new Unsupported("via", `the driver '${spec.driver}' has no role 'send'`);
  }
  return { taker: driver.send(spec, functions, context), source: noSource };
};
