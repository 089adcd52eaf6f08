import { expect, it, onTestFinished } from "vitest";
import type { Answer, Delivery } from "../../../core/ports.ts";
import type { SqsSendSpec } from "../../../define/spec.ts";
import { answers, type Behaviour } from "../../http/site/site-double.ts";
import { arnOfQueue, inputOf, json, operationOf, refuses, sqsSendSpec, startAws } from "../testing.ts";
import { sqsSender } from "./send.ts";

const takes = json({ MessageId: "m-1" });

const worldOf = async (behaviour: Behaviour = takes, options: Partial<SqsSendSpec> = {}, gives?: Behaviour) => {
  const aws = await startAws("secret", behaviour, gives);
  const sender = sqsSender(sqsSendSpec(options), aws.context);
  onTestFinished(() => new Promise<void>((done) => sender.close(done)).then(aws.close));
  const send = (output: unknown, change: Partial<Delivery> = {}): Promise<Answer> =>
    new Promise((resolve) => {
      const delivery = {
        connector: "orders",
        site: "main",
        identity: "/shop/orders o-1",
        round: 0,
        attempt: 1,
        key: null,
        output,
        payload: "{}",
        duty: { region: "east", epoch: 7 },
        timeoutMs: 2_000,
        mayWrite: () => true,
        ...change,
      };
      sender.send(delivery, resolve);
    });
  const sent = () => aws.service.calls.filter((call) => operationOf(call) === "SendMessage").map(inputOf);
  return { send, sent };
};
const fifo = { queues: { main: arnOfQueue("orders.fifo") }, fifo: true };

it("a message carries its identity, whose duty it is sent for, and what the translation gave it", async () => {
  const { send, sent } = await worldOf();
  expect(await send({ body: { a: 1 }, attributes: { kind: "order" } })).toMatchObject({ verdict: "delivered" });
  expect(sent()).toMatchObject([
    {
      QueueUrl: expect.stringMatching(/\/111122223333\/orders$/),
      MessageBody: '{"a":1}',
      MessageAttributes: {
        "isthmus-id": { StringValue: "/shop/orders o-1" },
        "isthmus-duty": { StringValue: "east;epoch=7" },
        kind: { StringValue: "order" },
      },
    },
  ]);
});

it("in a FIFO queue the key is the group and the identity the deduplication id, the same at every attempt", async () => {
  const { send, sent } = await worldOf(takes, fifo);
  await send({ body: "1" }, { key: "customer-7" });
  await send({ body: "1" }, { key: "customer-7", attempt: 2, duty: { region: "west", epoch: 8 } });
  await send({ body: "2" }, { key: "customer-7", identity: "/shop/orders o-2" });
  const [first, again, next] = sent();
  expect(first).toMatchObject({ MessageGroupId: "customer-7" });
  expect(again?.MessageDeduplicationId).toBe(first?.MessageDeduplicationId);
  expect(next).toMatchObject({ MessageGroupId: "customer-7" });
  expect(next?.MessageDeduplicationId).not.toBe(first?.MessageDeduplicationId);
});

it("names of a FIFO queue's message are in the letters that it allows, however the key is written", async () => {
  const { send, sent } = await worldOf(takes, fifo);
  for (const key of ["a b", "ž", "x".repeat(500), null]) await send({ body: "1" }, { key });
  for (const { MessageGroupId, MessageDeduplicationId } of sent()) {
    expect([MessageGroupId, MessageDeduplicationId]).toEqual([
      expect.stringMatching(/^[!-~]{1,128}$/),
      expect.stringMatching(/^[!-~]{1,128}$/),
    ]);
  }
});

it.each<readonly [string, unknown, string]>([
  ["nothing", undefined, "without a body"],
  ["an empty text", { body: "" }, "without a body"],
  ["more than a queue takes", { body: "x".repeat(1_048_577) }, "takes at most"],
  ["letters that no queue takes", { body: "\u0000" }, "characters"],
  ["an attribute of ours", { body: "1", attributes: { "isthmus-id": "x" } }, "'isthmus-id'"],
  ["an empty attribute", { body: "1", attributes: { a: "" } }, "'a'"],
  [
    "too many attributes",
    { body: "1", attributes: Object.fromEntries([..."abcdefghi"].map((name) => [name, "1"])) },
    "8",
  ],
])("a message of %s is a fault of the event, and not sent", async (_, output, says) => {
  const { send, sent } = await worldOf();
  expect(await send(output)).toMatchObject({
    verdict: "fault",
    against: "event",
    sent: false,
    reason: expect.stringContaining(says),
  });
  expect(sent()).toEqual([]);
});

it.each([
  ["ThrottlingException", 400, { verdict: "wait", against: "site" }],
  ["RequestThrottled", 403, { verdict: "wait", against: "site" }],
  ["AccessDenied", 403, { verdict: "retry", against: "credentials" }],
  ["QueueDoesNotExist", 400, { verdict: "retry", against: "site" }],
  ["InvalidMessageContents", 400, { verdict: "fault", against: "event" }],
  ["ServiceUnavailable", 503, { verdict: "retry", against: "site" }],
  ["SomethingNew", 418, { verdict: "fault", against: "event" }],
] as const)("a queue that answers %s", async (code, status, expected) => {
  const { send } = await worldOf(refuses(code, status));
  expect(await send({ body: "1" })).toMatchObject(expected);
});

it("a role that is not given to us is a trouble of our credentials, and nothing is sent", async () => {
  const denied = answers(403, { "content-type": "text/xml" }, "<Error><Code>AccessDenied</Code></Error>");
  const { send, sent } = await worldOf(takes, {}, denied);
  expect(await send({ body: "1" })).toMatchObject({
    verdict: "retry",
    against: "credentials",
    sent: false,
    reason: expect.stringContaining("AccessDenied"),
  });
  expect(sent()).toEqual([]);
});

it("an answer of 200 that names no message tells nothing", async () => {
  const { send } = await worldOf(json({}));
  expect(await send({ body: "1" })).toMatchObject({ verdict: "unknown" });
});
