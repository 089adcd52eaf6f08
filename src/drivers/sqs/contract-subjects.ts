/** The SQS driver in each role, for the contract suites. */
import type { PollSubject, RecordSubject, SendSubject, SiteBehaviour, SourceBehaviour } from "../contract/index.ts";
import { answers, type Behaviour, hangs, resets } from "../http/site/site-double.ts";
import { clockAt, common, contextOf, idOf, ingressOf } from "../testing.ts";
import { SqsReader } from "./poll/poll.ts";
import { SqsReceiver } from "./receive/receive.ts";
import { sqsSender } from "./send/send.ts";
import { inputOf, json, operationOf, QueueDouble, refuses, sqsPollSpec, sqsSendSpec, startAws } from "./testing.ts";

const troubles = {
  fails: refuses("InternalFailure", 500),
  "asks-to-wait-7s": refuses("ThrottlingException", 400, { "retry-after": "7" }),
  hangs,
  cuts: resets,
} satisfies Readonly<Record<string, Behaviour>>;

const sources: Readonly<Record<Exclude<SourceBehaviour, "gives">, Behaviour>> = {
  ...troubles,
  "refuses-us": refuses("AccessDenied", 403),
  apologizes: json({ Messages: "We are sorry" }),
};

export const sqsPollSubject: PollSubject = {
  start: async (secret) => {
    const queue = new QueueDouble();
    const aws = await startAws(secret, queue.answer);
    return {
      reader: new SqsReader(sqsPollSpec(), ingressOf({ id: ({ body }) => idOf(body) }), aws.context),
      add: (...added) => {
        for (const { id, text } of added) queue.add(JSON.stringify(id === null ? { text } : { id, text }));
      },
      again: () => queue.expire(),
      behave: (behaviour) => aws.service.behave(behaviour === "gives" ? queue.answer : sources[behaviour]),
      asked: () => aws.service.calls.filter((call) => operationOf(call) === "ReceiveMessage").length,
      bytes: aws.service.bytes,
      stop: aws.close,
    };
  },
};

const takes: Behaviour = json({ MessageId: "m-1" });
const sites: Readonly<Record<SiteBehaviour, Behaviour>> = {
  ...troubles,
  takes,
  refuses: refuses("InvalidMessageContents"),
};

export const sqsSendSubject: SendSubject = {
  start: async (secret) => {
    const aws = await startAws(secret, takes);
    const identityIn = (input: Readonly<Record<string, unknown>>): string =>
      String(Reflect.get(Object(Reflect.get(Object(input.MessageAttributes), "isthmus-id")), "StringValue"));
    return {
      sender: sqsSender(sqsSendSpec(), aws.context),
      output: { body: { a: 1 } },
      identities: () =>
        aws.service.calls
          .filter((call) => operationOf(call) === "SendMessage")
          .map((call) => identityIn(inputOf(call))),
      bytes: aws.service.bytes,
      behave: (behaviour) => aws.service.behave(behaviour === "fails" ? failing : sites[behaviour]),
      stop: aws.close,
    };
  },
};

/** To what probes it too. */
const failing: Behaviour = (call, response) =>
  call.method === "HEAD" ? answers(500)(call, response) : sites.fails(call, response);

export const sqsReceiveSubject: RecordSubject = {
  receiver: (nowMs) =>
    new SqsReceiver(
      { ...common, driver: "sqs", role: "receive", reconcile: null, options: { writers: [], fifo: false } },
      ingressOf({ id: ({ body }) => idOf(body) }),
      contextOf({}, {}, clockAt(nowMs)),
    ),
  record: ({ id, text, messageId }) => ({
    messageId,
    body: JSON.stringify(id === null ? { text } : { id, text }),
    attributes: {},
    messageAttributes: {},
  }),
};
