/** The EventBridge driver in each role, for the contract suites. */
import type { RecordSubject, SendSubject, SiteBehaviour } from "../contract/index.ts";
import { answers, type Behaviour, hangs, resets } from "../http/site/site-double.ts";
import { inputOf, json, operationOf, refuses, startAws } from "../sqs/testing.ts";
import { clockAt, common, contextOf, idOf, ingressOf } from "../testing.ts";
import { EventBridgeReceiver } from "./receive.ts";
import { eventBridgeSender } from "./send.ts";
import { busSendSpec } from "./testing.ts";

const takes = json({ FailedEntryCount: 0, Entries: [{ EventId: "e-1" }] });
const sites: Readonly<Record<SiteBehaviour, Behaviour>> = {
  takes,
  refuses: json({ FailedEntryCount: 1, Entries: [{ ErrorCode: "MalformedDetail", ErrorMessage: "" }] }),
  "asks-to-wait-7s": refuses("ThrottlingException", 400, { "retry-after": "7" }),
  fails: (call, response) =>
    call.method === "HEAD" ? answers(500)(call, response) : refuses("InternalException", 500)(call, response),
  hangs,
  cuts: resets,
};

export const eventBridgeSendSubject: SendSubject = {
  start: async (secret) => {
    const aws = await startAws(secret, takes);
    const identityIn = ({ Entries }: Readonly<Record<string, unknown>>): string => {
      const [entry] = Array.isArray(Entries) ? Entries : [];
      const { source, id } = JSON.parse(String(Reflect.get(Object(entry), "Detail")));
      return `${source} ${id}`;
    };
    return {
      sender: eventBridgeSender(busSendSpec(), aws.context),
      output: { detail: { a: 1 } },
      identities: () =>
        aws.service.calls.filter((call) => operationOf(call) === "PutEvents").map((call) => identityIn(inputOf(call))),
      bytes: aws.service.bytes,
      behave: (behaviour) => aws.service.behave(sites[behaviour]),
      stop: aws.close,
    };
  },
};

const detailOf = (body: unknown): unknown => Reflect.get(Object(body), "detail");

export const eventBridgeReceiveSubject: RecordSubject = {
  receiver: (nowMs) =>
    new EventBridgeReceiver(
      { ...common, driver: "event-bridge", role: "receive", reconcile: null, options: { accounts: ["111122223333"] } },
      ingressOf({ id: ({ body }) => idOf(detailOf(body)) }),
      contextOf({}, {}, clockAt(nowMs)),
    ),
  record: ({ id, text, messageId }) => ({
    messageId,
    body: JSON.stringify({
      version: "0",
      id: "their-bus-1",
      account: "111122223333",
      source: "theirs",
      "detail-type": "Order Placed",
      detail: id === null ? { text } : { id, text },
    }),
    attributes: {},
    messageAttributes: {},
  }),
};
