import { Unsupported } from "../../../drivers/unsupported.ts";
import type { BatchAnswer } from "../runtime/batches.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import { type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { type Foyer, foyerOf } from "./foyer.ts";
import { QueueDoor } from "./queue-door.ts";

/** The function that takes what the partner wrote into a queue of ours. */
export const queueAccept = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<BatchAnswer> => {
  let door: QueueDoor | null = null;
  return (event) => {
    door ??= doorOf(parts, foyerOf(parts, surroundings));
    return door.take(event);
  };
};

const doorOf = ({ driver }: ConnectorParts, { connector, context, ...ports }: Foyer): QueueDoor => {
  const { spec, functions } = connector;
  const receiver =
    spec.role === "receive" && functions.direction === "ingress"
      ? driver.receive?.(spec, functions, context)
      : undefined;
  if (receiver?.kind !== "record") throw new Unsupported("via", `the driver '${spec.driver}' takes nothing of a queue`);
  return new QueueDoor({ ...ports, receiver });
};
