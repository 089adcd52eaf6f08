// Reports to an office with a second site, which is used as soon as the first is down.
import * as z from "zod";
import { defineConnector, definePartner, http, secret, setting } from "../../../src/define/index.ts";

const office = definePartner({
  name: "office",
  location: "internet",
  auth: { kind: "bearer", token: secret("office") },
  sites: {
    north: { url: setting("north"), auth: { kind: "bearer", token: secret("office") } },
    south: { url: setting("south"), auth: { kind: "bearer", token: secret("office") } },
  },
  topology: {
    mode: "primary-secondary",
    primary: "north",
    secondary: "south",
    failoverAfter: "1s",
    failback: "manual",
    recoveryPoint: "0ms",
  },
});

export default defineConnector({
  partner: office,
  via: http.send({ path: "/reports", timeout: "500ms" }),
  events: { "report.filed": z.object({ number: z.string(), text: z.string() }) },
  ordering: "key",
  idempotency: "event-id",
  retry: { first: "50ms", cap: "100ms" },
  translate: ({ data }) => ({ body: data }),
});
