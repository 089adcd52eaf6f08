import { defineConnector } from "isthmus";
import { aa } from "./partners.ts";
import { common, event, item, receiving } from "./roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: receiving,
  message: item,
  events: { "receive-aa.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "receive-aa.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
