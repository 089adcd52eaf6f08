import { noSource } from "../../../core/no-source.ts";
import { HubTaker } from "../../../drivers/hub/taker.ts";
import type { BatchAnswer } from "../runtime/batches.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import type { Hall } from "../runtime/hall.ts";
import { type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { dispatching } from "./dispatching.ts";
import type { Ends } from "./ends.ts";
import { publisherOf } from "./publisher.ts";

/** For a connector that receives or polls: what it accepted is published. */
export const dispatchToHub = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<BatchAnswer> =>
  dispatching(parts, endsOf, surroundings);

const endsOf = (hall: Hall, { driver }: ConnectorParts): Ends => {
  const { connector, context, clock } = hall;
  const { spec, functions } = connector;
  const reads = spec.role === "poll" || (spec.role === "receive" && spec.reconcile !== null);
  const source =
    reads && functions.direction === "ingress" ? (driver.poll?.(spec, functions, context) ?? noSource) : noSource;
  return { taker: new HubTaker(publisherOf(hall), clock), source };
};
