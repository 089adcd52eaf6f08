import { defineConnector, sqs } from "isthmus";
import { aa, common, role } from "../queues.ts";
import { event, item } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: sqs.receive({ writers: [role] }),
  message: item,
  id: ({ body }) => body.id,
  events: { "receive-aa.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "receive-aa.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
