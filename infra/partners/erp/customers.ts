// Customers as the ERP changes them: a list of changes that is read on from a token.
import { defineConnector, http } from "isthmus";
import * as z from "zod";
import { erp } from "./partner.ts";

export default defineConnector({
  partner: erp,
  via: http.poll({
    path: "/v1/customers/changes?limit=500",
    every: "1s",
    items: "/changes",
    cursor: { kind: "token", query: "after", next: "/next" },
    // Their standby knows the tokens, but may lack the last changes: go back, and let the ids tell what was read twice.
    acrossSites: "rewind",
  }),
  message: z.object({ customer: z.string(), version: z.int(), name: z.string().nullable() }),
  id: ({ body }) => `${body.customer}/${body.version}`,
  sequence: ({ body }) => ({ of: body.customer, number: body.version }),
  events: {
    "customer.changed": z.object({ customer: z.string(), name: z.string() }),
    "customer.removed": z.object({ customer: z.string() }),
  },
  ordering: "key",
  durability: "replicated",
  whenAlone: "accept",
  startFrom: "earliest",
  translate({ body: { customer, name } }) {
    if (name === null) return { type: "customer.removed", partitionkey: customer, data: { customer } };
    return { type: "customer.changed", partitionkey: customer, data: { customer, name } };
  },
});
