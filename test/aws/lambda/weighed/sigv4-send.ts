// Signs as a role of theirs, signs what it sends, asks what became of it and makes an event of the answer.
import { defineConnector, definePartner, http } from "isthmus";
import * as z from "zod";

const bank = definePartner({
  name: "bank",
  location: "same-cloud",
  url: "https://api.bank.example",
  auth: { kind: "sigv4", role: "arn:aws:iam::222222222222:role/isthmus-pays", externalId: "isthmus" },
});
const payment = z.object({ payment: z.string(), minor: z.int().min(1), currency: z.enum(["EUR", "USD"]) });

export default defineConnector({
  partner: bank,
  via: http.send({ path: "/payments", timeout: "5s" }),
  events: { "payment.ordered": payment },
  ordering: "key",
  idempotency: { header: "idempotency-key", remembers: "24h", across: "sites" },
  onUnknown: {
    request: ({ data }) => ({ method: "GET", path: `/payments/${data.payment}` }),
    found: ({ status }) => (status === 200 ? true : status === 404 ? false : "unknown"),
  },
  retry: { giveUpAfter: "12h" },
  translate: ({ data }) => ({ method: "PUT", path: `/payments/${data.payment}`, body: data }),
  reply: {
    events: { "payment.executed": z.object({ payment: z.string(), at: z.iso.datetime() }) },
    translate: ({ body }, { data }) => {
      const answer = z.object({ executedAt: z.iso.datetime() }).safeParse(body);
      if (!answer.success) return null;
      return { type: "payment.executed", data: { payment: data.payment, at: answer.data.executedAt } };
    },
  },
});
