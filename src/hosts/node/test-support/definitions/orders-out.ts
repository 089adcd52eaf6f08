// Orders to a warehouse that knows an order by its idempotency key.
import * as z from "zod";
import { defineConnector, definePartner, http, setting } from "../../../../define/index.ts";

const warehouse = definePartner({ name: "warehouse", location: "internet", url: setting("warehouse") });

export default defineConnector({
  partner: warehouse,
  via: http.send({ timeout: "1s" }),
  events: { "order.placed": z.object({ order: z.string(), note: z.string() }) },
  ordering: "key",
  partitionkey: ({ data }) => data.order,
  idempotency: "event-id",
  retry: { first: "50ms", cap: "200ms" },
  translate: ({ data }) => ({ path: "/orders", body: { order: data.order, note: data.note } }),
});
