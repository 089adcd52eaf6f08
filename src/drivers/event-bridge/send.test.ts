import { expect, it, onTestFinished } from "vitest";
import type { Answer } from "../../core/ports.ts";
import type { EventBridgeSendSpec } from "../../define/spec.ts";
import type { Behaviour } from "../http/site/site-double.ts";
import { inputOf, json, operationOf, startAws } from "../sqs/testing.ts";
import { permissionsOf } from "./permissions.ts";
import { eventBridgeSender } from "./send.ts";
import { busArn, busSendSpec } from "./testing.ts";

const takes = json({ FailedEntryCount: 0, Entries: [{ EventId: "e-1" }] });
const fails = (ErrorCode: string): Behaviour => json({ FailedEntryCount: 1, Entries: [{ ErrorCode }] });
const event = {
  type: "order.placed",
  id: "o-1",
  source: "/shop/orders",
  time: "2026-01-01T00:00:00Z",
  partitionkey: "k",
  isthmusorigin: "acme",
  data: {},
};

const worldOf = async (behaviour: Behaviour = takes, options: Partial<EventBridgeSendSpec> = {}) => {
  const aws = await startAws("secret", behaviour);
  const sender = eventBridgeSender(busSendSpec(options), aws.context);
  onTestFinished(() => new Promise<void>((done) => sender.close(done)).then(aws.close));
  const send = (output: unknown): Promise<Answer> =>
    new Promise((resolve) => {
      const delivery = {
        connector: "orders",
        site: "main",
        identity: "/shop/orders o-1",
        round: 0,
        attempt: 1,
        key: null,
        output,
        payload: JSON.stringify(event),
        duty: { region: "east", epoch: 7 },
        timeoutMs: 2_000,
        mayWrite: () => true,
      };
      sender.send(delivery, resolve);
    });
  const put = () => aws.service.calls.filter((call) => operationOf(call) === "PutEvents").map(inputOf);
  return { aws, send, put };
};

it("an event stands as a CloudEvent in the detail, with what the translation made as its data", async () => {
  const { send, put } = await worldOf();
  expect(await send({ detail: { a: 1 }, detailType: "Order Placed" })).toMatchObject({ verdict: "delivered" });
  const [entry] = Object(put()[0]).Entries;
  expect(entry).toMatchObject({ EventBusName: busArn, Source: "/shop/orders", DetailType: "Order Placed" });
  const { isthmusorigin: _, ...attributes } = event;
  expect(JSON.parse(entry.Detail)).toEqual({ specversion: "1.0", ...attributes, data: { a: 1 } });
});

it.each([
  ["InternalException", { verdict: "retry", against: "site" }],
  ["ThrottlingException", { verdict: "wait", against: "site" }],
  ["AccessDeniedException", { verdict: "retry", against: "credentials" }],
  ["MalformedDetail", { verdict: "fault", against: "event" }],
  ["SomethingNew", { verdict: "unknown", against: "site" }],
] as const)("an entry that failed with %s is not taken, although the answer is 200", async (code, expected) => {
  const { send } = await worldOf(fails(code));
  expect(await send({ detail: {} })).toMatchObject(expected);
});

it.each<readonly [string, unknown, string]>([
  ["more than a bus takes", { detail: "x".repeat(262_144) }, "takes at most"],
  ["no detail", {}, "no detail"],
  ["a type that is too long", { detail: {}, detailType: "x".repeat(129) }, "1 to 128"],
])("an event of %s is a fault, and not put", async (_, output, says) => {
  const { send, put } = await worldOf();
  expect(await send(output)).toMatchObject({ verdict: "fault", sent: false, reason: expect.stringContaining(says) });
  expect(put()).toEqual([]);
});

it("without a role of theirs it is put as who we are", async () => {
  const { aws, send } = await worldOf(takes, { role: null });
  expect(await send({ detail: {} })).toMatchObject({ verdict: "delivered" });
  expect(aws.roles()).toBe(0);
  expect(aws.service.calls.at(-1)?.headers.authorization).toContain("Credential=AKIAOURS/");
});

it("what it needs is to take on the role that it was given, or else to put on the buses that it names", () => {
  expect(permissionsOf(busSendSpec())).toEqual([
    { actions: ["sts:AssumeRole"], resources: ["arn:aws:iam::111122223333:role/acme"] },
  ]);
  expect(permissionsOf(busSendSpec({ role: null }))).toEqual([{ actions: ["events:PutEvents"], resources: [busArn] }]);
});
