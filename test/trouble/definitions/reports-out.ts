// Reports to an office that says in the body of a 200 whether it took one.
import * as z from "zod";
import { defineConnector, definePartner, http, secret, setting } from "../../../src/define/index.ts";

/** A test puts other fields here. */
const variant: object = {};

const office = definePartner({
  name: "office",
  location: "internet",
  url: setting("office"),
  auth: { kind: "bearer", token: secret("office") },
});

export default defineConnector({
  partner: office,
  via: http.send({
    path: "/reports",
    timeout: "500ms",
    judge: ({ status, body }) => {
      if (status !== 200) return null;
      if (typeof body !== "object" || body === null) return "retry";
      return "error" in body ? (body.error === "busy" ? "retry" : "fault") : "delivered";
    },
  }),
  events: { "report.filed": z.object({ number: z.string(), text: z.string() }) },
  ordering: "key",
  idempotency: "event-id",
  retry: { first: "50ms", cap: "100ms" },
  translate: ({ data }) => ({ body: data }),
  ...variant,
});
