// The five definitions worth reading first: they must type-check as they stand.

import {
  bySite,
  defineConnector,
  definePartner,
  http,
  secret,
  setting,
  sftp,
  shopifyWebhook,
  type Verdict,
} from "isthmus";
import * as z from "zod";

// 1. A refund must happen once. They remember a key for 24 h; after that we ask, we never resend blindly.
export const stripe = definePartner({
  name: "stripe",
  location: "internet",
  url: "https://api.stripe.com",
  auth: { kind: "bearer", token: secret("stripe-key") },
  rate: { limit: 80, per: "1s", concurrency: 20 },
});
const Refunds = z.object({ data: z.array(z.object({ metadata: z.object({ refund: z.string().optional() }) })) });
export const refunds = defineConnector({
  partner: stripe,
  via: http.send({ format: "form", timeout: "5s", responses: { 409: "wait" } }),
  events: {
    "refund.approved": z.object({ refund: z.string(), payment: z.string(), version: z.int(), amountMinor: z.int() }),
  },
  durability: "replicated",
  ordering: "key",
  partitionkey: ({ data }) => data.payment,
  sequence: ({ data }) => ({ of: data.payment, number: data.version }),
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
// 2. One app, 5,000 merchants (tenants); thin message, so one read back; one message, many events.
export const shopify = definePartner({
  name: "shopify",
  location: "internet",
  url: "https://{tenant}.myshopify.com",
  auth: { kind: "api-key", header: "x-shopify-access-token", key: secret("shopify/{tenant}") },
  tenants: { max: 10_000, rate: { limit: 2, per: "1s", burst: 40 } },
});
export const orders = defineConnector({
  partner: shopify,
  via: http.receive(shopifyWebhook(secret("shopify-app"))),
  message: z.object({ id: z.number() }).loose(),
  fetch: {
    request: ({ body }) => ({ path: `/admin/api/2026-10/orders/${body.id}.json` }),
    response: z.object({
      order: z.object({
        total_price: z.string(),
        line_items: z.array(z.object({ sku: z.string(), quantity: z.int() })),
      }),
    }),
  },
  events: {
    "order.placed": z.object({ order: z.string(), total: z.string() }),
    "order.line.placed": z.object({ order: z.string(), sku: z.string(), quantity: z.int() }),
  },
  translate({ body, tenant }, { fetched }) {
    if (!fetched) return null;
    const order = `${tenant}/${body.id}`;
    return [
      { part: "order", type: "order.placed", partitionkey: order, data: { order, total: fetched.order.total_price } },
      ...fetched.order.line_items.map(
        ({ sku, quantity }) =>
          ({ part: sku, type: "order.line.placed", partitionkey: order, data: { order, sku, quantity } }) as const,
      ),
    ];
  },
});
// 3. OAuth2, batches of 200, a failure per record inside a 200, a weekly maintenance window, two orgs from one definition.
export const salesforce = definePartner({
  name: "salesforce",
  location: "internet",
  url: setting("salesforce-url"),
  rate: { limit: 100_000, per: "1d", concurrency: 10 },
  auth: {
    kind: "oauth2",
    tokenUrl: setting("salesforce-token-url"),
    clientId: setting("salesforce-client-id"),
    client: { privateKey: secret("salesforce-jwt-key") },
  },
  maintenance: [{ cron: "0 2 * * SUN", timezone: "America/Los_Angeles", duration: "4h" }],
});
const Results = z.array(z.object({ success: z.boolean(), errors: z.array(z.object({ statusCode: z.string() })) }));
const retryable = new Set(["UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED"]);
export const accounts = defineConnector({
  partner: salesforce,
  ordering: "latest",
  partitionkey: ({ data }) => data.customer,
  idempotency: "natural",
  events: {
    "customer.registered": z.object({ customer: z.string(), name: z.string() }),
    "customer.renamed": z.object({ customer: z.string(), name: z.string() }),
  },
  via: http.send({
    compress: "gzip",
    batch: {
      max: 200,
      within: "5s",
      pack: (items) => ({
        method: "PATCH",
        path: "/services/data/v64.0/composite/sobjects/Account/CustomerId__c",
        body: { allOrNone: false, records: items.map((i) => i.body) },
      }),
      judge: ({ body }): Verdict[] =>
        Results.parse(body).map((r) =>
          r.success ? "delivered" : r.errors.every((e) => retryable.has(e.statusCode)) ? "retry" : "fault",
        ),
    },
  }),
  translate: ({ data }) => ({
    body: { attributes: { type: "Account" }, CustomerId__c: data.customer, Name: data.name },
  }),
});
// 4. A file at the cut-off time to a primary/secondary bank that allows only known addresses.
export const bank = definePartner({
  name: "bank",
  location: "internet",
  fixedSource: true,
  sites: { zurich: {}, geneva: {} },
  topology: {
    mode: "primary-secondary",
    primary: "zurich",
    secondary: "geneva",
    failback: "manual",
    recoveryPoint: "15m",
  },
});
export const payments = defineConnector({
  partner: bank,
  durability: "replicated",
  personal: ["/data/iban"],
  via: sftp.send({
    host: bySite({ zurich: setting("bank-host-zurich"), geneva: setting("bank-host-geneva") }),
    login: { user: "acme", privateKey: secret("bank-ssh-key"), hostKey: setting("bank-host-key") },
    file: "/in/pain001_{date}_{number}.xml",
    close: { cron: "0 16 * * MON-FRI", timezone: "Europe/Zurich" },
    pack: (records, { name }) =>
      `<Document><MsgId>${name}</MsgId><NbOfTxs>${records.length}</NbOfTxs>${records.join("")}</Document>`,
  }),
  events: { "payment.ordered": z.object({ payment: z.string(), iban: z.string(), amountMinor: z.int() }) },
  translate: ({ data }) =>
    `<Tx id="${data.payment}"><IBAN>${data.iban}</IBAN><Amt>${data.amountMinor / 100}</Amt></Tx>`,
});
// 5. Numbered per device, arrives out of order; a gap is filled by a poll into the same journal.
export const sensors = definePartner({
  name: "sensors",
  location: "internet",
  auth: { kind: "bearer", token: secret("sensors-token") },
  sites: { eu: { url: "https://eu.sensors.example" }, us: { url: "https://us.sensors.example" } },
  topology: { mode: "active-active", recoveryPoint: "1m" },
});
export const readings = defineConnector({
  partner: sensors,
  ordering: "latest",
  message: z.object({ device: z.string(), n: z.int(), at: z.iso.datetime(), celsius: z.number() }),
  via: http.receive({
    verify: {
      scheme: "hmac",
      key: secret("sensors-hmac"),
      header: "x-signature",
      algorithm: "sha256",
      encoding: "base64",
      content: ["timestamp", ".", "body"],
      timestamp: { header: "x-timestamp", tolerance: "5m" },
    },
  }),
  id: ({ body }) => `${body.device}/${body.n}`,
  sequence: ({ body }) => ({ of: body.device, number: body.n }),
  reconcile: {
    when: "gap",
    via: http.poll({
      path: "/v1/readings",
      every: "1m",
      items: "/readings",
      acrossSites: "rewind",
      cursor: { kind: "since", query: "since", field: "/at", overlap: "2m" },
    }),
  },
  events: { "temperature.measured": z.object({ device: z.string(), celsius: z.number() }) },
  translate: ({ body }) => ({
    type: "temperature.measured",
    partitionkey: body.device,
    time: body.at,
    data: { device: body.device, celsius: body.celsius },
  }),
});
