import { bySite, defineConnector, definePartner, serviceBus, setting } from "isthmus";
import * as z from "zod";

export const logistics = definePartner({
  name: "logistics",
  location: "azure",
  sites: { "west-europe": { region: "westeurope" }, "north-europe": { region: "northeurope" } },
  topology: { mode: "active-active", recoveryPoint: "30s" },
});
const namespace = bySite({
  "west-europe": setting("logistics-namespace-west"),
  "north-europe": setting("logistics-namespace-north"),
});

export const shipments = defineConnector({
  partner: logistics,
  via: serviceBus.send({ namespace, entity: "shipments", sessions: true, duplicateDetection: "10m" }),
  events: { "order.packed": z.object({ order: z.string(), weightGrams: z.int() }) },
  ordering: "key",
  idempotency: "event-id",
  translate: ({ data }) => ({ body: { order_no: data.order, weight_kg: data.weightGrams / 1000 } }),
});

export const tracking = defineConnector({
  partner: logistics,
  via: serviceBus.poll({ namespace, entity: "tracking", sessions: true }),
  message: z.object({ order_no: z.string(), status: z.enum(["PICKED_UP", "DELIVERED"]) }),
  events: { "shipment.moved": z.object({ order: z.string(), delivered: z.boolean() }) },
  ordering: "key",
  translate: ({ body }) => ({
    type: "shipment.moved",
    partitionkey: body.order_no,
    data: { order: body.order_no, delivered: body.status === "DELIVERED" },
  }),
});
