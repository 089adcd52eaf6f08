import { Unsupported } from "../../../drivers/unsupported.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import { RegionHealth } from "../runtime/health.ts";
import { type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { type Foyer, foyerOf } from "./foyer.ts";
import { HttpDoor } from "./http-door.ts";
import type { HttpAnswer } from "./http-event.ts";

/** The function that a partner calls through an HTTP API. */
export const httpAccept = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<HttpAnswer> => {
  let door: HttpDoor | null = null;
  return (event) => {
    door ??= doorOf(parts, foyerOf(parts, surroundings));
    return door.answer(event);
  };
};

const doorOf = ({ driver }: ConnectorParts, { connector, context, ...ports }: Foyer): HttpDoor => {
  const { spec, functions } = connector;
  if (driver.receive === undefined || spec.role !== "receive" || functions.direction !== "ingress") {
    throw new Unsupported("via", `the driver '${spec.driver}' has no role 'receive'`);
  }
  const receiver = driver.receive(spec, functions, context);
  if (receiver.kind === "record") throw new Unsupported("via", `'${spec.name}' takes from a queue, not from calls`);
  const { region } = ports.config;
  return new HttpDoor({
    ...ports,
    receiver,
    onConflict: spec.onConflict,
    health: new RegionHealth({ ...ports, region }),
  });
};
