// Puts events on a bus of another account.
import { defineConnector, definePartner, eventBridge } from "isthmus";
import * as z from "zod";

const analytics = definePartner({
  name: "analytics",
  location: "same-cloud",
  sites: { main: { region: "eu-west-1" } },
});

export default defineConnector({
  partner: analytics,
  via: eventBridge.send({
    busArn: "arn:aws:events:eu-west-1:222222222222:event-bus/analytics",
    role: "arn:aws:iam::222222222222:role/isthmus-puts-events",
  }),
  events: { "order.placed": z.object({ order: z.string(), minor: z.int() }) },
  idempotency: "event-id",
  translate: ({ data }) => ({ detailType: "order", detail: data }),
});
