// A ledger in another account of the same cloud, behind an endpoint service.
import { defineConnector, definePartner, http } from "isthmus";
import * as z from "zod";

export default defineConnector({
  partner: definePartner({
    name: "ledger",
    location: "same-cloud",
    url: "https://ledger.example",
    privateService: "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
  }),
  via: http.send(),
  events: { "payment.ordered": z.object({ payment: z.string() }) },
  idempotency: "event-id",
});
