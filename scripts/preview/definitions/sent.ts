// What a drill publishes to our hub, and reads from a partner's queue.
import { defineConnector, definePartner, setting, sqs } from "isthmus";
import * as z from "zod/mini";

const taker = definePartner({ name: "preview-taker", location: "same-cloud" });

export default defineConnector({
  partner: taker,
  via: sqs.send({
    queueArn: setting("preview-queue"),
    role: setting("preview-role"),
    externalId: setting("preview-external-id"),
  }),
  durability: "replicated",
  events: { "preview.sent": z.object({ sent: z.string() }) },
  idempotency: "event-id",
  translate: ({ data }) => ({ body: data }),
});
