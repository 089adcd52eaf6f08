// Orders to a warehouse that knows an order again, and checks that they come from us.
import * as z from "zod";
import { defineConnector, definePartner, http, secret, setting } from "../../../../src/define/index.ts";

const warehouse = definePartner({ name: "warehouse", location: "internet", url: setting("warehouse") });

export default defineConnector({
  partner: warehouse,
  via: http.send({
    format: "standard-webhooks",
    sign: { scheme: "standard-webhooks", key: secret("shop") },
    timeout: "1s",
  }),
  events: { "order.placed": z.object({ order: z.string() }) },
  idempotency: "event-id",
  retry: { first: "50ms", cap: "200ms" },
  translate: ({ time, data }) => ({ path: "/orders", body: { type: "order", timestamp: time, data } }),
});
