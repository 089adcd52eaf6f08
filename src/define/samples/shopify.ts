// One app, 5,000 merchants: one connector, a tenant per shop.

import { defineConnector, definePartner, http, secret, shopifyWebhook } from "isthmus";
import * as z from "zod";

export const shopify = definePartner({
  name: "shopify",
  location: "internet",
  url: "https://{tenant}.myshopify.com",
  auth: { kind: "api-key", header: "x-shopify-access-token", key: secret("shopify/{tenant}") },
  tenants: { max: 10_000, rate: { limit: 2, per: "1s", burst: 40 } },
});

/** Thin: the webhook says which order, we read it back. */
export const orders = defineConnector({
  partner: shopify,
  via: http.receive(shopifyWebhook(secret("shopify-app"))),
  message: z.object({ id: z.number(), updated_at: z.iso.datetime({ offset: true }) }).loose(),
  fetch: {
    request: ({ body }) => ({ path: `/admin/api/2026-10/orders/${body.id}.json` }),
    response: z.object({
      order: z.object({
        id: z.number(),
        total_price: z.string(),
        line_items: z.array(z.object({ sku: z.string(), quantity: z.int() })),
      }),
    }),
  },
  events: {
    "order.placed": z.object({ shop: z.string(), order: z.string(), total: z.string() }),
    "order.line.placed": z.object({ order: z.string(), sku: z.string(), quantity: z.int() }),
  },
  ordering: "latest",
  translate({ body, tenant }, { fetched }) {
    if (!fetched || !tenant) return null;
    const order = `${tenant}/${body.id}`;
    return [
      {
        part: "order",
        type: "order.placed",
        partitionkey: order,
        data: { shop: tenant, order, total: fetched.order.total_price },
      },
      ...fetched.order.line_items.map(
        ({ sku, quantity }) =>
          ({ part: sku, type: "order.line.placed", partitionkey: order, data: { order, sku, quantity } }) as const,
      ),
    ];
  },
});

export const stock = defineConnector({
  partner: shopify,
  via: http.send(),
  events: { "stock.counted": z.object({ shop: z.string(), item: z.string(), available: z.int() }) },
  tenant: (event) => event.data.shop,
  ordering: "latest",
  partitionkey: ({ data }) => `${data.shop}/${data.item}`,
  idempotency: "natural",
  expiresAfter: "24h",
  translate: ({ data }) => ({
    path: "/admin/api/2026-10/inventory_levels/set.json",
    body: { inventory_item_id: data.item, available: data.available },
  }),
});
