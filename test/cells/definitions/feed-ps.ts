// Both sites read as one: the secondary goes on with the last cursor that it has.
import { defineConnector, http, secret } from "isthmus";
import { ps } from "./partners.ts";
import { event } from "./roles.ts";

export default defineConnector({
  partner: ps,
  via: http.feed({
    readers: { both: { scheme: "bearer", token: secret("cells-reader-both") } },
    retention: "10m",
  }),
  events: { "feed-ps.asked": event },
  durability: "replicated",
  whenAlone: "accept",
  startFrom: "earliest",
});
