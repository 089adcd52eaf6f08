// Writes into queues of theirs, one for each site.
import { bySite, defineConnector, definePartner, sqs } from "isthmus";
import * as z from "zod";

const carrier = definePartner({
  name: "carrier",
  location: "same-cloud",
  sites: { ireland: { region: "eu-west-1" }, frankfurt: { region: "eu-central-1" } },
  topology: { mode: "active-active", recoveryPoint: "0s" },
});

export default defineConnector({
  partner: carrier,
  via: sqs.send({
    queueArn: bySite({
      ireland: "arn:aws:sqs:eu-west-1:222222222222:parcels",
      frankfurt: "arn:aws:sqs:eu-central-1:222222222222:parcels",
    }),
    role: "arn:aws:iam::222222222222:role/isthmus-writes-parcels",
    externalId: "isthmus",
  }),
  events: { "parcel.packed": z.object({ parcel: z.string(), grams: z.int() }) },
  idempotency: "event-id",
  translate: ({ data }) => ({ body: data, attributes: { parcel: data.parcel } }),
});
