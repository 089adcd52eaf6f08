// Messages of a shop, by Standard Webhooks. The body says what the translation does.
import * as z from "zod";
import { defineConnector, definePartner, http, secret } from "../../../../define/index.ts";

const shop = definePartner({ name: "shop", location: "internet" });

export default defineConnector({
  partner: shop,
  via: http.receive({
    id: "header:webhook-id",
    verify: { scheme: "standard-webhooks", key: secret("shop") },
    limit: "100KB",
  }),
  message: z.object({ order: z.string(), does: z.enum(["throw", "hang", "promise", "nothing"]).optional() }),
  events: { "order.placed": z.object({ order: z.string(), note: z.string() }) },
  ordering: "key",
  personal: ["/order"],
  translate({ body: { order, does } }) {
    if (does === "nothing") return null;
    if (does === "throw") throw new Error("no such article");
    if (does === "hang") for (;;);
    const event = { type: "order.placed", partitionkey: order, data: { order, note: "first version" } } as const;
    // Types refuse a promise; JavaScript does not.
    return does === "promise" ? (Promise.resolve(event) as unknown as typeof event) : event;
  },
});
