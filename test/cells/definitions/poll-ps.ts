import { defineConnector } from "isthmus";
import { ps } from "./partners.ts";
import { common, event, item, polling } from "./roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: polling,
  message: item,
  id: ({ body }) => body.id,
  startFrom: "earliest",
  lookback: "2s",
  events: { "poll-ps.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "poll-ps.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
