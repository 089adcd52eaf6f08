// The shop's orders, translated otherwise.
import * as z from "zod";
import { defineConnector, definePartner, http, secret } from "../../../../src/define/index.ts";

const shop = definePartner({ name: "shop", location: "internet" });

export default defineConnector({
  partner: shop,
  via: http.receive({
    id: "header:webhook-id",
    verify: { scheme: "standard-webhooks", key: secret("shop") },
    limit: "100KB",
  }),
  message: z.object({ order: z.string() }),
  events: { "order.placed": z.object({ order: z.string(), note: z.string() }) },
  ordering: "key",
  translate: ({ body: { order } }) => ({
    type: "order.placed",
    partitionkey: order,
    data: { order, note: "second version" },
  }),
});
