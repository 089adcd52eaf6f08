// Parcels that a marketplace writes to a queue of ours.
import * as z from "zod";
import { defineConnector, definePartner, sqs } from "../../../../src/define/index.ts";

const marketplace = definePartner({ name: "marketplace", location: "same-cloud" });

export default defineConnector({
  partner: marketplace,
  via: sqs.receive({ writers: ["arn:aws:iam::111122223333:role/marketplace"] }),
  message: z.object({ parcel: z.string() }),
  events: { "parcel.sent": z.object({ parcel: z.string() }) },
  id: ({ body }) => body.parcel,
  translate: ({ body }) => ({ type: "parcel.sent", data: body }),
});
