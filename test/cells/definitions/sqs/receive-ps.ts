import { defineConnector, sqs } from "isthmus";
import { common, ps, role } from "../queues.ts";
import { event, item } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: sqs.receive({ writers: [role] }),
  message: item,
  id: ({ body }) => body.id,
  events: { "receive-ps.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "receive-ps.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
