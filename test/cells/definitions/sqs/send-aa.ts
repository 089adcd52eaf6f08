import { bySite, defineConnector, sqs } from "isthmus";
import { queueArn } from "../../partner/queues/names.ts";
import { aa, common, role } from "../queues.ts";
import { event, retry } from "../roles.ts";

export default defineConnector({
  ...common,
  partner: aa,
  via: sqs.send({
    queueArn: bySite({ a: queueArn("aa", "a", "send-aa"), b: queueArn("aa", "b", "send-aa") }),
    role,
  }),
  events: { "send-aa.asked": event },
  partitionkey: ({ data }) => data.key,
  idempotency: "event-id",
  retry,
  translate: ({ data }) => ({ body: JSON.stringify(data) }),
});
