// What a drill gives to a region, as a partner does, and reads from our hub.
import { defineConnector, definePartner, http, secret } from "isthmus";
import * as z from "zod/mini";

const giver = definePartner({ name: "preview-giver", location: "internet" });

export default defineConnector({
  partner: giver,
  via: http.receive({
    id: "header:webhook-id",
    verify: { scheme: "standard-webhooks", key: secret("preview-giver") },
  }),
  // A region that is stopped leaves nothing behind that only it has.
  durability: "replicated",
  message: z.object({ given: z.string() }),
  events: { "preview.given": z.object({ given: z.string() }) },
  translate: ({ body }) => ({ type: "preview.given", data: body }),
});
