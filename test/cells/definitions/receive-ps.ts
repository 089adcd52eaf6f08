import { defineConnector } from "isthmus";
import { ps } from "./partners.ts";
import { common, event, item, receiving } from "./roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: receiving,
  message: item,
  events: { "receive-ps.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "receive-ps.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
