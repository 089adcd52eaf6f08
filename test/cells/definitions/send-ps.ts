import { defineConnector } from "isthmus";
import { ps } from "./partners.ts";
import { common, event, retry, sending, sequence } from "./roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: sending,
  events: { "send-ps.asked": event },
  partitionkey: ({ data }) => data.key,
  sequence,
  gapAfter: "3s",
  idempotency: "event-id",
  retry,
  translate: ({ time, data }) => ({ path: "/take", body: { type: "send-ps.asked", timestamp: time, data } }),
});
