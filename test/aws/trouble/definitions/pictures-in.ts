// Orders with a picture, which are larger than an item of a table may be.
import * as z from "zod";
import { defineConnector, definePartner, http, secret } from "../../../../src/define/index.ts";

const shop = definePartner({ name: "shop", location: "internet" });

export default defineConnector({
  partner: shop,
  via: http.receive({
    id: "header:webhook-id",
    verify: { scheme: "standard-webhooks", key: secret("shop") },
    limit: "1MB",
  }),
  message: z.object({ order: z.string(), picture: z.string() }),
  events: { "order.placed": z.object({ order: z.string(), bytes: z.number() }) },
  translate: ({ body: { order, picture } }) => ({
    type: "order.placed",
    data: { order, bytes: picture.length },
  }),
});
