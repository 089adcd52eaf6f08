import { defineConnector } from "isthmus";
import { aa } from "./partners.ts";
import { common, event, retry, sending, sequence } from "./roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: sending,
  events: { "send-aa.asked": event },
  partitionkey: ({ data }) => data.key,
  sequence,
  gapAfter: "3s",
  idempotency: "event-id",
  retry,
  translate: ({ time, data }) => ({ path: "/take", body: { type: "send-aa.asked", timestamp: time, data } }),
});
