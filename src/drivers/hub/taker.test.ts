import { expect, it, vi } from "vitest";
import type { Answer, Delivery } from "../../core/ports.ts";
import { systemClock } from "../testing.ts";
import { type HubPublisher, HubTaker } from "./taker.ts";

const events = [
  { type: "order.placed", id: "o-1/order", source: "/acme/orders", time: "2026-01-01T00:00:00Z", data: {} },
  { type: "order.line.placed", id: "o-1/line", source: "/acme/orders", time: "2026-01-01T00:00:00Z", data: {} },
];
const deliveryOf = (change: Partial<Delivery> = {}): Delivery => ({
  connector: "orders",
  site: null,
  identity: "/acme/orders o-1",
  round: 0,
  attempt: 1,
  key: null,
  output: events,
  payload: "{}",
  duty: { region: "east", epoch: 1 },
  timeoutMs: 20,
  mayWrite: () => true,
  ...change,
});
const answerOf = (publish: HubPublisher["publish"], change: Partial<Delivery> = {}): Promise<Answer> =>
  new Promise((resolve) => void new HubTaker({ publish }, systemClock).send(deliveryOf(change), resolve));

it("publishes all events of a message as one unit, in the tick in which it may", async () => {
  const publish = vi.fn<HubPublisher["publish"]>((_events, done) => done({ kind: "published" }));
  expect(await answerOf(publish)).toMatchObject({ verdict: "delivered", against: "nobody", sent: true });
  expect(publish.mock.calls.map(([given]) => given)).toEqual([events]);
});

it("publishes nothing without leave", async () => {
  const publish = vi.fn();
  expect(await answerOf(publish, { mayWrite: () => false })).toMatchObject({
    verdict: "retry",
    against: "us",
    sent: false,
  });
  expect(publish).not.toHaveBeenCalled();
});

it("a hub that fails, or does not answer, counts against us and is tried again", async () => {
  const failing: HubPublisher["publish"] = (_events, done) => done({ kind: "failed", reason: "disk full" });
  expect(await answerOf(failing)).toMatchObject({ verdict: "retry", against: "us", reason: "disk full" });
  expect(await answerOf(() => undefined)).toMatchObject({ verdict: "retry", against: "us", sent: true });
});

it("ended while publishing it is unknown, and a late answer changes nothing", () => {
  const done = vi.fn();
  let finish: () => void = () => undefined;
  const publish: HubPublisher["publish"] = (_events, answer) => {
    finish = () => answer({ kind: "published" });
  };
  new HubTaker({ publish }, systemClock).send(deliveryOf(), done).abort();
  finish();
  expect(done.mock.calls).toMatchObject([[{ verdict: "unknown", against: "us", sent: true }]]);
});

it("what is no list of events is a fault", async () => {
  expect(await answerOf(vi.fn(), { output: { body: 1 } })).toMatchObject({ verdict: "fault", sent: false });
});
