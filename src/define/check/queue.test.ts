import { expect, test } from "vitest";
import * as z from "zod";
import type { Checking } from "../check.ts";
import { bySite, defineConnector, definePartner, eventBridge, sqs } from "../index.ts";
import { resolveDefinition } from "../resolve.ts";
import { productsIn, productsOut } from "../samples/internal.ts";
import marketplace from "../samples/marketplace-sqs.ts";
import { problemLines } from "./testing.ts";

const near = definePartner({ name: "near", location: "same-cloud" });
const topology = { mode: "active-active", recoveryPoint: "1m" } as const;
const two = definePartner({ name: "two", location: "same-cloud", sites: { a: {}, b: {} }, topology });
const events = { "thing.made": z.object({ thing: z.string() }) };
const role = "arn:aws:iam::111122223333:role/partner";
const queueArn = "arn:aws:sqs:us-east-1:111122223333:things";
const fifoArn = `${queueArn}.fifo`;
const busArn = "arn:aws:events:us-east-1:111122223333:event-bus/theirs";
const translate = () => null;

const polling = defineConnector({
  partner: near,
  via: sqs.poll({ queueArn, role }),
  durability: "replicated",
  message: z.object({ thing: z.string() }),
  events,
  translate,
});
const sending = defineConnector({ partner: near, via: sqs.send({ queueArn, role }), events, idempotency: "event-id" });
const toBus = defineConnector({ partner: near, via: eventBridge.send({ busArn }), events, idempotency: "event-id" });
const taking = defineConnector({
  partner: near,
  via: sqs.receive({ writers: [role] }),
  message: z.object({ id: z.string() }),
  events,
  id: ({ body }) => body.id,
  translate,
});
const fromBus = { ...taking, via: eventBridge.receive({ accounts: ["111122223333"] }) };

const onAws = (definition: object, checking: Partial<Checking> = {}) =>
  problemLines(definition, { platform: "aws", ...checking });

test.each([
  ["sqs.poll", polling],
  ["sqs.send", sending],
  ["sqs.receive", taking],
  ["eventBridge.send", toBus],
  ["eventBridge.receive", fromBus],
] as const)("%s is as it should be on aws, and refused elsewhere with the reason", (_, definition) => {
  expect(onAws(definition)).toEqual([]);
  expect(problemLines(definition)).toEqual([expect.stringMatching(/^via: .* needs the platform aws: no other/)]);
});

test("the samples of the same cloud are as they should be", () => {
  const settings = {
    "marketplace-queue-virginia": queueArn,
    "marketplace-queue-oregon": "arn:aws:sqs:us-west-2:111122223333:things",
    "marketplace-role": role,
    "marketplace-external-id": "ours",
    "catalogue-bus-east": busArn,
    "catalogue-bus-west": busArn,
    "catalogue-role": role,
  };
  for (const sample of [marketplace, productsIn, productsOut]) expect(onAws(sample, { settings })).toEqual([]);
});

const fifoKey = { header: "Message-Deduplication-Id", remembers: "5m", across: "site" } as const;
const toFifo = { ...sending, via: sqs.send({ queueArn: fifoArn, role }) };

test("a FIFO queue knows a message for five minutes", () => {
  const retry = { giveUpAfter: "4m" } as const;
  expect(onAws({ ...toFifo, ordering: "latest", idempotency: fifoKey, retry })).toEqual([]);
});

test("only the hub stands against the order of a FIFO queue", () => {
  expect(onAws({ ...toFifo, ordering: "key" })).toEqual([expect.stringMatching(/^ordering: the hub on aws/)]);
});

const ordered = { ordering: "key", sequence: () => ({ of: "k", number: 1 }) };
test.each<readonly [string, object, string]>([
  ["a queue that is read by one region's copy only", { ...polling, durability: "regional" }, "durability: "],
  ["a queue that is read from now", { ...polling, startFrom: "now" }, "startFrom: a queue is read from its beginning"],
  ["what is no ARN", { ...sending, via: sqs.send({ queueArn: "things", role }) }, "via.queueArn: 'things' is not"],
  ["a bus for a queue", { ...sending, via: sqs.send({ queueArn: busArn, role }) }, "via.queueArn: 'arn:aws:events"],
  ["a queue for a bus", { ...toBus, via: eventBridge.send({ busArn: queueArn }) }, "via.busArn: 'arn:aws:sqs"],
  ["a pattern of queues", { ...sending, via: sqs.send({ queueArn: `${queueArn}*`, role }) }, "via.queueArn: "],
  [
    "a site without a queue",
    { ...sending, partner: two, via: sqs.send({ queueArn: bySite({ a: queueArn }), role }) },
    "via.queueArn: has no value for the site 'b'",
  ],
  [
    "a queue of no site",
    { ...sending, via: sqs.send({ queueArn: bySite({ main: queueArn, c: queueArn }), role }) },
    "via.queueArn: 'c' is not a site",
  ],
  [
    "a FIFO queue that is said to be none",
    { ...sending, via: sqs.send({ queueArn: fifoArn, role, fifo: false }) },
    "via.fifo: ",
  ],
  ["anybody who writes", { ...taking, via: sqs.receive({ writers: ["*"] }) }, "via.writers: '*' is not"],
  ["any account", { ...fromBus, via: eventBridge.receive({ accounts: ["*"] }) }, "via.accounts: '*' is not"],
  ["a role that is none", { ...sending, via: sqs.send({ queueArn, role: "partner" }) }, "via.role: 'partner' is not"],
  ["the order of a standard queue", { ...sending, ...ordered }, "ordering: a standard queue keeps no order"],
  ["the order of a bus", { ...toBus, ...ordered }, "ordering: a bus keeps no order"],
  [
    "a FIFO queue that knows for a day",
    { ...toFifo, idempotency: { ...fifoKey, remembers: "24h" }, retry: { giveUpAfter: "4m" } },
    "idempotency.remembers: a FIFO queue knows a message for 5m, not for",
  ],
  ["retries that a FIFO queue outlives not", { ...toFifo, idempotency: fifoKey }, "onUnknown: retries go on"],
  [
    "a key of a standard queue",
    { ...sending, idempotency: fifoKey, retry: { giveUpAfter: "4m" } },
    "idempotency.header: 'message-deduplication-id' is none",
  ],
  [
    "a question to a queue",
    { ...sending, onUnknown: { request: () => ({}), found: () => true } },
    "onUnknown: a queue cannot be asked",
  ],
  ["a refusal that nobody hears", { ...taking, onInvalid: "reject" }, "onInvalid: has no effect"],
])("%s is refused", (_, definition, line) => {
  expect(onAws(definition)).toEqual(expect.arrayContaining([expect.stringContaining(line)]));
});

test("one queue is that of every site, a queue by site that of its own", () => {
  const specOf = (queues: Parameters<typeof sqs.send>[0]["queueArn"]) =>
    resolveDefinition(
      "c",
      defineConnector({ partner: two, via: sqs.send({ queueArn: queues, role }), events, idempotency: "event-id" }),
      {
        settings: {},
      },
    ).spec;
  expect(specOf(fifoArn)).toMatchObject({ options: { queues: { a: fifoArn, b: fifoArn }, fifo: true } });
  expect(specOf(bySite({ a: queueArn, b: `${queueArn}-b` }))).toMatchObject({
    driver: "sqs",
    options: { queues: { a: queueArn, b: `${queueArn}-b` }, fifo: false, externalId: null },
  });
});
