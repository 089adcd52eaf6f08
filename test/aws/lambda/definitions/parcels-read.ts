// Parcels that a marketplace leaves in a queue of its own.
import * as z from "zod";
import { defineConnector, definePartner, setting, sqs } from "../../../../src/define/index.ts";

const marketplace = definePartner({ name: "marketplace", location: "same-cloud" });

export default defineConnector({
  partner: marketplace,
  via: sqs.poll({ queueArn: setting("queue"), role: setting("role"), every: "1s" }),
  durability: "replicated",
  startFrom: "earliest",
  message: z.object({ parcel: z.string() }),
  events: { "parcel.sent": z.object({ parcel: z.string() }) },
  id: ({ body }) => body.parcel,
  translate: ({ body }) => ({ type: "parcel.sent", data: body }),
});
