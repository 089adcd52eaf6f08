// Receives what rules of another account put on our bus.
import { defineConnector, definePartner, eventBridge } from "isthmus";
import * as z from "zod";

const analytics = definePartner({
  name: "analytics",
  location: "same-cloud",
  sites: { main: { region: "eu-west-1" } },
});

export default defineConnector({
  partner: analytics,
  via: eventBridge.receive({ accounts: ["222222222222"] }),
  message: z.object({ segment: z.string(), customers: z.array(z.string()) }),
  id: ({ body }) => body.segment,
  events: { "segment.made": z.object({ segment: z.string(), customers: z.array(z.string()) }) },
  translate: ({ body }) => ({ type: "segment.made", data: body }),
});
