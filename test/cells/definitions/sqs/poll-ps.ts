import { bySite, defineConnector, sqs } from "isthmus";
import { queueArn } from "../../partner/queues/names.ts";
import { common, ps, role } from "../queues.ts";
import { event, item } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: sqs.poll({
    queueArn: bySite({ a: queueArn("ps", "a", "poll-ps"), b: queueArn("ps", "b", "poll-ps") }),
    role,
    every: "500ms",
  }),
  message: item,
  id: ({ body }) => body.id,
  events: { "poll-ps.given": event },
  translate: ({ body: { n, key, ballast } }) => ({
    type: "poll-ps.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
