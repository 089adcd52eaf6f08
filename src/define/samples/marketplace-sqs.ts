import { bySite, defineConnector, definePartner, setting, sqs } from "isthmus";
import * as z from "zod";

export const marketplace = definePartner({
  name: "marketplace",
  location: "same-cloud",
  sites: { virginia: { region: "us-east-1" }, oregon: { region: "us-west-2" } },
  topology: { mode: "active-active", recoveryPoint: "0s" },
});

export default defineConnector({
  partner: marketplace,
  via: sqs.poll({
    queueArn: bySite({ virginia: setting("marketplace-queue-virginia"), oregon: setting("marketplace-queue-oregon") }),
    role: setting("marketplace-role"),
    externalId: setting("marketplace-external-id"),
  }),
  durability: "replicated",
  message: z.object({ orderId: z.string(), lines: z.array(z.object({ sku: z.string(), quantity: z.int() })) }),
  events: { "order.received": z.object({ order: z.string(), units: z.int() }) },
  id: ({ body }) => body.orderId,
  translate: ({ body }) => ({
    type: "order.received",
    partitionkey: body.orderId,
    data: { order: body.orderId, units: body.lines.reduce((n, l) => n + l.quantity, 0) },
  }),
});
