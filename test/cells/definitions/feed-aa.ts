// Each site reads for itself, with a cursor of its own.
import { defineConnector, http, secret } from "isthmus";
import { aa } from "./partners.ts";
import { event } from "./roles.ts";

export default defineConnector({
  partner: aa,
  via: http.feed({
    readers: {
      a: { scheme: "bearer", token: secret("cells-reader-a") },
      b: { scheme: "bearer", token: secret("cells-reader-b") },
    },
    retention: "10m",
  }),
  events: { "feed-aa.asked": event },
  durability: "replicated",
  whenAlone: "accept",
  startFrom: "earliest",
});
