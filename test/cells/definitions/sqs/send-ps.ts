import { bySite, defineConnector, sqs } from "isthmus";
import { queueArn } from "../../partner/queues/names.ts";
import { common, ps, role } from "../queues.ts";
import { event, retry } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: ps,
  via: sqs.send({
    queueArn: bySite({ a: queueArn("ps", "a", "send-ps"), b: queueArn("ps", "b", "send-ps") }),
    role,
  }),
  events: { "send-ps.asked": event },
  partitionkey: ({ data }) => data.key,
  idempotency: "event-id",
  retry,
  translate: ({ data }) => ({ body: JSON.stringify(data) }),
});
