// Orders to the queue of a carrier, which knows an order again.
import * as z from "zod";
import { defineConnector, definePartner, setting, sqs } from "../../../../src/define/index.ts";

const carrier = definePartner({ name: "carrier", location: "same-cloud" });

export default defineConnector({
  partner: carrier,
  via: sqs.send({ queueArn: setting("queue"), role: setting("role") }),
  events: { "order.placed": z.object({ order: z.string() }) },
  idempotency: "event-id",
  retry: { first: "50ms", cap: "500ms" },
  translate: ({ data }) => ({ body: data }),
});
