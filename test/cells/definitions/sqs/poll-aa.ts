import { bySite, defineConnector, sqs } from "isthmus";
import { queueArn } from "../../partner/queues/names.ts";
import { aa, common, role } from "../queues.ts";
import { event, item } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: sqs.poll({
    queueArn: bySite({ a: queueArn("aa", "a", "poll-aa"), b: queueArn("aa", "b", "poll-aa") }),
    role,
    every: "500ms",
  }),
  message: item,
  id: ({ body }) => body.id,
  events: { "poll-aa.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "poll-aa.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
