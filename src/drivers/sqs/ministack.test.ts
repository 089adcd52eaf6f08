import { afterAll, beforeAll, expect, it } from "vitest";
import { clientFor, json } from "../../../test/aws/ministack/functions.ts";
import { type Ministack, startMinistack } from "../../../test/aws/ministack/ministack.ts";
import type { Answer, ReadAnswer } from "../../core/ports.ts";
import { eventBridgeSender } from "../event-bridge/send.ts";
import { busSendSpec } from "../event-bridge/testing.ts";
import type { DriverContext } from "../port.ts";
import { contextOf, idOf, ingressOf } from "../testing.ts";
import { SqsReader } from "./poll/poll.ts";
import { sqsSender } from "./send/send.ts";
import { sqsPollSpec, sqsSendSpec } from "./testing.ts";

// The service's own answers, where the doubles of other tests have what we think they are.
const region = "us-east-1";
const account = "000000000000";
const role = `arn:aws:iam::${account}:role/acme`;
let aws: Ministack;
let context: DriverContext;
beforeAll(async () => {
  aws = await startMinistack({ region });
  context = { ...contextOf({}), aws: { client: clientFor(aws), region } };
}, 120_000);
afterAll(() => aws?.kill());

const call = (target: string, input: object) => json(aws, "sqs", "1.0", `AmazonSQS.${target}`, input);
const madeQueue = async (name: string): Promise<string> => {
  const attributes = name.endsWith(".fifo") ? { Attributes: { FifoQueue: "true" } } : {};
  await call("CreateQueue", { QueueName: name, ...attributes });
  return `arn:aws:sqs:${region}:${account}:${name}`;
};
const delivery = (identity: string, output: unknown, key: string | null = null) => ({
  connector: "orders",
  site: "main",
  identity,
  round: 0,
  attempt: 1,
  key,
  output,
  payload: JSON.stringify({ type: "t", id: "1", source: "/s", time: "2026-01-01T00:00:00Z", data: 1 }),
  duty: { region: "east", epoch: 7 },
  timeoutMs: 5_000,
  mayWrite: () => true,
});
const senderTo = (arn: string, fifo: boolean) => {
  const sender = sqsSender(sqsSendSpec({ queues: { main: arn }, role, fifo }), context);
  return (...given: Parameters<typeof delivery>): Promise<Answer> =>
    new Promise((done) => void sender.send(delivery(...given), done));
};
const readerOf = (arn: string) => {
  const reader = new SqsReader(
    sqsPollSpec({ queues: { main: arn }, role, externalId: null }),
    ingressOf({ id: ({ body }) => idOf(body) }),
    context,
  );
  return (cursor: string | null): Promise<ReadAnswer> =>
    new Promise((done) => {
      const duty = { region: "east", epoch: 7 };
      reader.read({ connector: "orders", site: "main", cursor, duty, timeoutMs: 3_000, mayWrite: () => true }, done);
    });
};
const idsOf = ({ page, reason }: ReadAnswer): readonly string[] => {
  if (page === null) throw new Error(reason);
  return page.inputs.map(({ identity }) => identity);
};

it("what is sent is read, and gone once its cursor was presented", async () => {
  const arn = await madeQueue("orders");
  expect(await senderTo(arn, false)("/s 1", { body: { id: "1" } })).toMatchObject({ verdict: "delivered" });
  const read = readerOf(arn);
  const first = await read(null);
  expect(idsOf(first)).toEqual(["/acme/orders 1"]);
  expect(JSON.parse(first.page?.inputs[0]?.payload ?? "").headers).toMatchObject({ "isthmus-id": "/s 1" });
  expect(idsOf(await read(first.page?.cursor ?? null))).toEqual([]);
  const left = await call("GetQueueAttributes", {
    QueueUrl: `${aws.url}/${account}/orders`,
    AttributeNames: ["ApproximateNumberOfMessagesNotVisible"],
  });
  expect(left).toMatchObject({ Attributes: { ApproximateNumberOfMessagesNotVisible: "0" } });
});

it("a FIFO queue takes an identity once, and keeps the order of a key", async () => {
  const arn = await madeQueue("orders.fifo");
  const send = senderTo(arn, true);
  for (const id of ["1", "2", "1", "3"]) {
    expect(await send(`/s ${id}`, { body: { id } }, "k")).toMatchObject({ verdict: "delivered" });
  }
  const read = readerOf(arn);
  const first = await read(null);
  expect([...idsOf(first), ...idsOf(await read(first.page?.cursor ?? null))]).toEqual(
    ["1", "2", "3"].map((id) => `/acme/orders ${id}`),
  );
});

it("a queue that is not there is a trouble of the site", async () => {
  const arn = `arn:aws:sqs:${region}:${account}:nowhere`;
  expect(await senderTo(arn, false)("/s 1", { body: "1" })).toMatchObject({ verdict: "retry", against: "site" });
  expect(await readerOf(arn)(null)).toMatchObject({ verdict: "retry", against: "site", page: null });
});

it("a cursor of receipts that the queue has never given does no harm", async () => {
  const arn = await madeQueue("others");
  expect(await readerOf(arn)('{"delete":{"main":["never-given"]}}')).toMatchObject({ verdict: "delivered" });
});

it("an event is taken by a bus", async () => {
  await json(aws, "events", "1.1", "AWSEvents.CreateEventBus", { Name: "theirs" });
  const buses = { main: `arn:aws:events:${region}:${account}:event-bus/theirs` };
  const sender = eventBridgeSender(busSendSpec({ buses, role }), context);
  const answer = new Promise((done) => void sender.send(delivery("/s 1", { detail: { a: 1 } }), done));
  expect(await answer).toMatchObject({ verdict: "delivered" });
});
