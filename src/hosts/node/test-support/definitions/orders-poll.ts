// Orders that a shop lets us read, page by page, by a token.
import * as z from "zod";
import { defineConnector, definePartner, http, setting } from "../../../../define/index.ts";

const shop = definePartner({ name: "market", location: "internet", url: setting("market") });

export default defineConnector({
  partner: shop,
  via: http.poll({
    path: "/orders",
    every: "200ms",
    items: "/orders",
    cursor: { kind: "token", query: "after", next: "/next" },
    acrossSites: "exact",
  }),
  message: z.object({ order: z.string() }),
  id: ({ body }) => body.order,
  events: { "order.placed": z.object({ order: z.string(), note: z.string() }) },
  personal: ["/order"],
  translate: ({ body: { order } }) => ({
    type: "order.placed",
    partitionkey: order,
    data: { order, note: "read" },
  }),
});
