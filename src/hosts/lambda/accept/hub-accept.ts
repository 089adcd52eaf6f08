import { Unsupported } from "../../../drivers/unsupported.ts";
import { eventIn } from "../../../hub/event-bridge/entries.ts";
import { type Ordering, ownOrdering } from "../../shared/hub-inputs.ts";
import type { BatchAnswer } from "../runtime/batches.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import { type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { type Foyer, foyerOf } from "./foyer.ts";
import { HubDoor } from "./hub-door.ts";

/** The function that takes the hub's events from the queue of its rule, for a connector that sends or a feed. */
export const hubAccept = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<BatchAnswer> => {
  let door: HubDoor | null = null;
  return (event) => {
    door ??= doorOf(foyerOf(parts, surroundings));
    return door.take(event);
  };
};

const doorOf = (foyer: Foyer): HubDoor => {
  const { spec } = foyer.connector;
  return new HubDoor({ ...foyer, partner: spec.partner.name, ordering: orderingOf(foyer), eventIn });
};

const orderingOf = ({ connector: { spec, functions } }: Foyer): Ordering => {
  switch (functions.direction) {
    case "egress":
      return functions;
    case "feed":
      return ownOrdering;
    case "ingress":
      throw new Unsupported("via", `'${spec.name}' takes nothing of the hub`);
  }
};
