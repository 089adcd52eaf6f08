import { expect, it } from "vitest";
import { readMessage } from "../../receive/message.ts";
import { answering, idsOf, pass, read, readerOf, type Setting, source } from "../testing.ts";

const feed: Setting = { cursor: { kind: "http-feed" }, options: { items: null }, functions: { id: null } };
const eventOf = (id: string) => ({
  specversion: "1.0",
  type: "stock.changed",
  source: "/stock",
  id,
  data: { left: 3 },
});
const batch = { "content-type": "application/cloudevents-batch+json" };
/** As http-feeds.org says: what follows the last event that is named, two at a time. */
const log = (ids: readonly string[]) =>
  answering((query) => {
    const from = ids.indexOf(query.get("lastEventId") ?? "") + 1;
    return { body: ids.slice(from, from + 2).map(eventOf), headers: batch };
  });

it("a feed is read to its end, each event under its own id, and from there on", async () => {
  const double = await source(log(["a", "b", "c"]));
  const reader = readerOf(double, feed);
  const first = await pass(reader);
  expect(first).toEqual({ ids: ["a", "b", "c"], cursor: "c", pages: 3 });
  double.behave(log(["a", "b", "c", "d"]));
  expect(await pass(reader, first.cursor)).toEqual({ ids: ["d"], cursor: "d", pages: 2 });
  expect(double.calls[0]?.headers.accept).toBe("application/cloudevents-batch+json");
});

it("the message of an event is the event, as one that is pushed", async () => {
  const answer = await read(readerOf(await source(log(["a"])), feed));
  const message = readMessage(answer.page?.inputs[0]?.payload ?? "");
  expect(message).toMatchObject({ body: eventOf("a"), headers: { "content-type": "application/cloudevents+json" } });
});

it.each([
  [60_000, 5_000, "4000"],
  [2_000, 5_000, "2000"],
  [60_000, 1_000, "500"],
])("polled every %i ms, with %i ms for a request, the server may wait %s ms", async (everyMs, timeoutMs, wait) => {
  const double = await source(log([]));
  await read(readerOf(double, { ...feed, options: { items: null, everyMs } }), "c", { timeoutMs });
  expect(double.calls[0]?.url).toBe(`/orders?lastEventId=c&timeout=${wait}`);
});

it("an event without an id is taken as a fault, and the feed is read on after the last that has one", async () => {
  const events = answering(() => ({ body: [eventOf("a"), { ...eventOf("b"), id: "" }], headers: batch }));
  const answer = await read(readerOf(await source(events), feed));
  expect(idsOf(answer)).toEqual(["a", expect.stringMatching(/^sha256-/)]);
  expect(answer.page).toMatchObject({ cursor: "a", more: true });
  const again = await read(readerOf(await source(events), feed), "a");
  expect(again.page?.more).toBe(false);
});
