import { defineConnector, definePartner, http, secret, stripeWebhook } from "isthmus";
import * as z from "zod";

export const stripe = definePartner({
  name: "stripe",
  location: "internet",
  url: "https://api.stripe.com",
  auth: { kind: "bearer", token: secret("stripe-key") },
  rate: { limit: 80, per: "1s", concurrency: 20 },
});

/** In: webhooks, numbered by nobody, retried for three days, the body of a retry may differ. */
export const payments = defineConnector({
  partner: stripe,
  via: http.receive(stripeWebhook(secret("stripe-webhook"))),
  message: z
    .object({
      id: z.string(),
      type: z.string(),
      created: z.number(),
      data: z.object({
        object: z
          .object({ id: z.string(), amount: z.number().optional(), metadata: z.record(z.string(), z.string()) })
          .loose(),
      }),
    })
    .loose(),
  events: {
    "payment.succeeded": z.object({ order: z.string(), payment: z.string(), amountMinor: z.int() }),
    "payment.failed": z.object({ order: z.string(), payment: z.string() }),
  },
  ordering: "key",
  personal: ["/data/object/billing_details"],
  retention: { raw: "72h" },
  translate({
    body: {
      type,
      created,
      data: { object },
    },
  }) {
    const order = object.metadata.order;
    if (order === undefined) return null;
    const common = { partitionkey: order, time: new Date(created * 1000).toISOString() };
    switch (type) {
      case "payment_intent.succeeded":
        return {
          ...common,
          type: "payment.succeeded",
          data: { order, payment: object.id, amountMinor: object.amount ?? 0 },
        };
      case "payment_intent.payment_failed":
        return { ...common, type: "payment.failed", data: { order, payment: object.id } };
      default:
        return null;
    }
  },
});

const Refunds = z.object({ data: z.array(z.object({ metadata: z.object({ refund: z.string().optional() }) })) });

/** Out: a refund must happen once. Keys live 24 h there; after that we ask, we do not resend. */
export const refunds = defineConnector({
  partner: stripe,
  via: http.send({ format: "form", timeout: "30s", responses: { 409: "wait" } }),
  events: { "refund.approved": z.object({ refund: z.string(), payment: z.string(), amountMinor: z.int() }) },
  durability: "replicated",
  ordering: "key",
  partitionkey: (event) => event.data.payment,
  idempotency: { header: "Idempotency-Key", remembers: "24h", across: "sites" },
  onUnknown: {
    request: ({ data }) => ({
      method: "GET",
      path: "/v1/refunds",
      query: { payment_intent: data.payment, limit: "100" },
    }),
    found: ({ status, body }, { data }) =>
      status === 200 ? Refunds.parse(body).data.some((r) => r.metadata.refund === data.refund) : "unknown",
  },
  translate: ({ data }) => ({
    path: "/v1/refunds",
    body: { payment_intent: data.payment, amount: data.amountMinor, metadata: { refund: data.refund } },
  }),
});
