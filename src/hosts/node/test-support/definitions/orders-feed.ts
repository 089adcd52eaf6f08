// Orders that two readers of an insurer read from us.
import * as z from "zod";
import { defineConnector, definePartner, http, secret } from "../../../../define/index.ts";

const insurer = definePartner({ name: "insurer", location: "internet" });

export default defineConnector({
  partner: insurer,
  via: http.feed({
    readers: {
      claims: { scheme: "bearer", token: secret("claims") },
      audit: { scheme: "bearer", token: secret("audit") },
    },
    retention: "1d",
  }),
  events: { "order.placed": z.object({ order: z.string(), note: z.string() }) },
  startFrom: "earliest",
  translate: ({ data: { order, note } }) => {
    if (order === "throw") throw new Error("no such policy");
    return order === "skip" ? null : { type: "com.acme.order.v1", data: { number: order, note } };
  },
});
