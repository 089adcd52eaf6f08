// A bank that lets in known addresses only.
import { defineConnector, definePartner, http, secret } from "isthmus";
import * as z from "zod";

export default defineConnector({
  partner: definePartner({
    name: "bank",
    location: "internet",
    url: "https://bank.example",
    fixedSource: true,
    auth: { kind: "bearer", token: secret("bank-token") },
  }),
  via: http.send(),
  events: { "payment.ordered": z.object({ payment: z.string() }) },
  idempotency: "event-id",
});
