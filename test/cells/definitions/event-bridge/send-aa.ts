import { bySite, defineConnector, eventBridge } from "isthmus";
import { busArn } from "../../partner/queues/names.ts";
import { aa, common } from "../queues.ts";
import { event, retry } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: eventBridge.send({ busArn: bySite({ a: busArn("aa", "a"), b: busArn("aa", "b") }) }),
  events: { "send-aa.asked": event },
  partitionkey: ({ data }) => data.key,
  idempotency: "event-id",
  retry,
  translate: ({ data }) => ({ detail: data }),
});
