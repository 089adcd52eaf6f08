import { bySite, defineConnector, definePartner, postgres, secret } from "isthmus";
import * as z from "zod";

export const erp = definePartner({
  name: "erp",
  location: "on-prem",
  sites: { plant: {}, standby: {} },
  topology: {
    mode: "primary-secondary",
    primary: "plant",
    secondary: "standby",
    failoverAfter: "2m",
    failback: "manual",
    recoveryPoint: "10s",
  },
});
const database = bySite({ plant: secret("erp-dsn-plant"), standby: secret("erp-dsn-standby") });

export const orders = defineConnector({
  partner: erp,
  via: postgres.poll({ database, publication: "isthmus", slot: "isthmus_orders", failoverSlot: true }),
  message: z.object({
    op: z.enum(["insert", "update", "delete"]),
    table: z.string(),
    before: z.unknown(),
    after: z.object({ order_no: z.string(), state: z.string() }).nullable(),
  }),
  events: { "order.changed": z.object({ order: z.string(), state: z.string() }) },
  ordering: "key",
  translate: ({ body: { table, after } }) =>
    table === "orders" && after
      ? { type: "order.changed", partitionkey: after.order_no, data: { order: after.order_no, state: after.state } }
      : null,
});
export const prices = defineConnector({
  partner: erp,
  via: postgres.send({ database }),
  events: { "price.set": z.object({ sku: z.string(), cents: z.int() }) },
  ordering: "latest",
  partitionkey: ({ data }) => data.sku,
  translate: ({ data }) => ({ table: "price", key: { sku: data.sku }, values: { cents: data.cents } }),
});
