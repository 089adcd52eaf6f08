import { defineConnector } from "isthmus";
import { aa } from "./partners.ts";
import { common, event, item, polling } from "./roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: polling,
  message: item,
  id: ({ body }) => body.id,
  startFrom: "earliest",
  lookback: "2s",
  events: { "poll-aa.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "poll-aa.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
