// Orders that a marketplace puts into queues of its own account: read under a role of theirs, taken once they are durable here.
import { bySite, defineConnector, setting, sqs } from "isthmus";
import * as z from "zod/mini";
import { marketplace } from "./partner.ts";

export default defineConnector({
  partner: marketplace,
  via: sqs.poll({
    queueArn: bySite({
      ireland: setting("marketplace-queue-ireland"),
      frankfurt: setting("marketplace-queue-frankfurt"),
    }),
    role: setting("marketplace-role"),
    externalId: setting("marketplace-external-id"),
  }),
  // Reading deletes what was read.
  durability: "replicated",
  startFrom: "earliest",
  message: z.object({ orderId: z.string(), lines: z.array(z.object({ sku: z.string(), quantity: z.int() })) }),
  events: { "order.received": z.object({ order: z.string(), units: z.int() }) },
  id: ({ body }) => body.orderId,
  translate: ({ body: { orderId, lines } }) => ({
    type: "order.received",
    partitionkey: orderId,
    data: { order: orderId, units: lines.reduce((units, { quantity }) => units + quantity, 0) },
  }),
});
