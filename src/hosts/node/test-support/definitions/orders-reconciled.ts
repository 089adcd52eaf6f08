// Orders that a shop sends, and that are read as well, for what it forgot to send.
import * as z from "zod";
import { defineConnector, definePartner, http, secret, setting } from "../../../../define/index.ts";

const shop = definePartner({ name: "shop", location: "internet", url: setting("market") });

export default defineConnector({
  partner: shop,
  via: http.receive({ verify: { scheme: "standard-webhooks", key: secret("shop") } }),
  message: z.object({ order: z.string() }),
  id: ({ body }) => body.order,
  reconcile: {
    via: http.poll({
      path: "/orders",
      every: "1s",
      items: "/orders",
      cursor: { kind: "token", query: "after", next: "/next" },
      acrossSites: "exact",
    }),
    when: "500ms",
  },
  events: { "order.placed": z.object({ order: z.string(), note: z.string() }) },
  translate: ({ body: { order } }) => ({
    type: "order.placed",
    partitionkey: order,
    data: { order, note: "either way" },
  }),
});
