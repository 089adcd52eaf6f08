import type { HubPublisher } from "../../../drivers/hub/taker.ts";
import { EventBridgePublisher } from "../../../hub/event-bridge/publisher.ts";
import type { Hall } from "../runtime/hall.ts";

/** The region's bus. */
export const publisherOf = ({ client, config: { region, busName } }: Hall): HubPublisher =>
  new EventBridgePublisher({ client, region, bus: busName });
