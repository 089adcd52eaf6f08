import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { json } from "../../../test/aws/ministack/functions.ts";
import { startMinistack } from "../../../test/aws/ministack/ministack.ts";
import { AwsClient } from "../../aws/client.ts";
import { Endpoints } from "../../aws/endpoints.ts";
import type { HubEvent } from "../../define/spec.ts";
import type { PublishResult } from "../port.ts";
import { publishingContract } from "../publishing-contract.ts";
import { batchesOf, entryOf, eventIn, longestEntry } from "./entries.ts";
import { EventBridgePublisher } from "./publisher.ts";

const region = "us-east-1";
const clientAt = (url: string): AwsClient =>
  new AwsClient(() => ({ accessKeyId: "test", secretAccessKey: "test" }), new Endpoints({ [region]: url }));
const field = (given: unknown, name: string): unknown => Reflect.get(Object(given), name);

publishingContract("on EventBridge", async () => {
  const aws = await startMinistack({ region });
  const call = (service: string, version: "1.0" | "1.1", target: string, input: object) =>
    json(aws, service, version, target, input);
  await call("events", "1.1", "AWSEvents.CreateEventBus", { Name: "hub" });
  const queue = String(field(await call("sqs", "1.0", "AmazonSQS.CreateQueue", { QueueName: "taker" }), "QueueUrl"));
  const pattern = JSON.stringify({ "detail-type": ["order.placed"] });
  await call("events", "1.1", "AWSEvents.PutRule", { Name: "taker", EventBusName: "hub", EventPattern: pattern });
  const target = { Id: "taker", Arn: `arn:aws:sqs:${region}:000000000000:taker` };
  await call("events", "1.1", "AWSEvents.PutTargets", { Rule: "taker", EventBusName: "hub", Targets: [target] });
  const take = async (): Promise<readonly HubEvent[]> => {
    const input = { QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const messages = field(await call("sqs", "1.0", "AmazonSQS.ReceiveMessage", input), "Messages");
    const bodies = Array.isArray(messages) ? messages.map((message) => String(field(message, "Body"))) : [];
    return bodies.flatMap((body) => eventIn(body) ?? []);
  };
  return {
    hub: new EventBridgePublisher({ client: clientAt(aws.url), region, bus: "hub" }),
    taken: async (atLeast) => {
      const all: HubEvent[] = [];
      while (all.length < atLeast) all.push(...(await take()));
      return all;
    },
    dispose: aws.kill,
  };
});

const event = (id: string, data: unknown = {}): HubEvent => ({
  type: "order.placed",
  id,
  source: "/shop/orders",
  time: "2026-11-23T12:00:00Z",
  data,
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A bus that answers in turn; the last answer stands. */
const busThat = async (
  ...answers: readonly ((ids: readonly string[]) => readonly [status: number, body: object])[]
) => {
  const calls: string[][] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const entries: readonly { readonly Detail: string }[] = JSON.parse(body.toString()).Entries;
      const ids = entries.map(({ Detail }): string => JSON.parse(Detail).id);
      const answer = answers[Math.min(calls.length, answers.length - 1)] ?? taking;
      calls.push(ids);
      const [status, said] = answer(ids);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(said));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const hub = new EventBridgePublisher({ client: clientAt(`http://127.0.0.1:${port}`), region, bus: "hub" });
  const publish = (events: readonly HubEvent[], mayWrite?: () => boolean): Promise<PublishResult> =>
    new Promise((done) => hub.publish(events, done, mayWrite));
  return { publish, calls };
};

const taking = (ids: readonly string[]) =>
  [200, { FailedEntryCount: 0, Entries: ids.map((EventId) => ({ EventId })) }] as const;
const failing = (failed: string) => (ids: readonly string[]) =>
  [
    200,
    {
      FailedEntryCount: 1,
      Entries: ids.map((id) => (id === failed ? { ErrorCode: "InternalException" } : { EventId: id })),
    },
  ] as const;
const throttling = () => [400, { __type: "ThrottlingException" }] as const;

it("what the bus did not take is put again, and nothing else", async () => {
  const { publish, calls } = await busThat(failing("2"), taking);
  expect(await publish([event("1"), event("2"), event("3")])).toEqual({ kind: "published" });
  expect(calls).toEqual([["1", "2", "3"], ["2"]]);
});

it("a bus that never takes one of them fails all, and says why", async () => {
  const { publish } = await busThat(failing("2"));
  expect(await publish([event("1"), event("2")])).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("InternalException"),
  });
});

it("a bus that asks for fewer calls is asked again", async () => {
  const { publish, calls } = await busThat(throttling, taking);
  expect(await publish([event("1")])).toEqual({ kind: "published" });
  expect(calls).toHaveLength(2);
});

it("a bus that is not ours is asked once", async () => {
  const { publish, calls } = await busThat(() => [400, { __type: "AccessDeniedException" }]);
  expect(await publish([event("1")])).toMatchObject({ kind: "failed" });
  expect(calls).toHaveLength(1);
});

it("nothing more is put once the lease is over", async () => {
  let held = true;
  const { publish, calls } = await busThat((ids) => {
    held = false;
    return failing("1")(ids);
  });
  expect(await publish([event("1")], () => held)).toMatchObject({ kind: "failed" });
  expect(calls).toHaveLength(1);
  expect(await publish([event("2")], () => held)).toMatchObject({ kind: "failed" });
  expect(calls).toHaveLength(1);
});

it("an event that no bus takes is not put, nor are those beside it", async () => {
  const { publish, calls } = await busThat(taking);
  const large = event("large", "x".repeat(longestEntry));
  expect(await publish([event("1"), large])).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("large"),
  });
  expect(calls).toEqual([]);
});

it("entries of one call are at most ten, and together no larger than one may be", () => {
  const entries = Array.from({ length: 25 }, (_, at) =>
    entryOf(event(`${at}`, "x".repeat(at < 3 ? 100_000 : 1)), "hub"),
  );
  const batches = batchesOf(entries);
  expect(batches.flat()).toEqual(entries);
  for (const batch of batches) {
    expect(batch.length).toBeLessThanOrEqual(10);
    expect(batch.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(longestEntry);
  }
});

it.each([
  "",
  "{",
  "null",
  "[]",
  '{"detail":null}',
  '{"detail":{"type":"x"}}',
  '{"detail":{"id":1,"type":"t","source":"s","time":"t","data":1}}',
])("no event is made of %s", (body) => expect(eventIn(body)).toBeNull());
