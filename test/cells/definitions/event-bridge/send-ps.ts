import { bySite, defineConnector, eventBridge } from "isthmus";
import { busArn } from "../../partner/queues/names.ts";
import { common, ps } from "../queues.ts";
import { event, retry } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: eventBridge.send({ busArn: bySite({ a: busArn("ps", "a"), b: busArn("ps", "b") }) }),
  events: { "send-ps.asked": event },
  partitionkey: ({ data }) => data.key,
  idempotency: "event-id",
  retry,
  translate: ({ data }) => ({ detail: data }),
});
