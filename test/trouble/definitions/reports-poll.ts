// Reports that an office lets us read by the time that it gave each.
import * as z from "zod";
import { defineConnector, definePartner, http, secret, setting } from "../../../src/define/index.ts";

const office = definePartner({
  name: "office",
  location: "internet",
  url: setting("office"),
  auth: { kind: "bearer", token: secret("office") },
});

export default defineConnector({
  partner: office,
  via: http.poll({
    path: "/reports",
    every: "200ms",
    items: "/reports",
    cursor: { kind: "since", query: "since", field: "/at", overlap: "10m" },
    acrossSites: "exact",
  }),
  message: z.object({ number: z.string(), text: z.string(), at: z.string() }),
  id: ({ body }) => body.number,
  startFrom: "earliest",
  events: { "report.filed": z.object({ number: z.string(), text: z.string() }) },
  translate: ({ body: { number, text } }) => ({ type: "report.filed", partitionkey: number, data: { number, text } }),
});
