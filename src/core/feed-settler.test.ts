import { describe, expect, test } from "vitest";
import type { JournalName, Vector } from "./records.ts";
import { entryOf } from "./testing.ts";
import { feeding, pageOf } from "./testing-feed.ts";

/** Three entries of east that Ann has read; `acknowledges` tells east what a reader has read. */
const settling = (readers?: readonly string[]) => {
  const world = feeding({}, readers);
  const { east, spec } = world;
  const acknowledges = (reader: string, vector: Vector, at: JournalName = "north.1"): void => {
    const record = { kind: "consumer", name: reader, vector } as const;
    east.journal.put(spec.name, at, record);
    east.learned(at, [record]);
  };
  east.accept("a", "b", "c");
  return { ...world, acknowledges };
};

describe("an entry of a feed", () => {
  test("is settled once every configured reader has acknowledged it, and not before", () => {
    const { east, acknowledges } = settling();
    acknowledges("ann", { "east.1": 3 });
    expect(east.outcomes()).toEqual([]);
    acknowledges("bob", { "east.1": 2 });
    expect(east.outcomes()).toEqual(["a delivered", "b delivered"]);
    acknowledges("bob", { "east.1": 9 });
    expect(east.outcomes()).toEqual(["a delivered", "b delivered", "c delivered"]);
  });

  test("is not held up by a reader that is not configured", () => {
    const { east, acknowledges } = settling(["ann"]);
    acknowledges("carl", {});
    acknowledges("ann", { "east.1": 3 });
    expect(east.outcomes()).toHaveLength(3);
  });

  test("never ages out while one has not read it, though the other has for long", () => {
    const { clock, east, acknowledges } = settling();
    acknowledges("ann", { "east.1": 3 });
    clock.advance(400 * 86_400_000);
    for (const settler of east.settlers) settler.poke();
    expect(east.outcomes()).toEqual([]);
    expect(pageOf(east.read("bob", {})).events).toEqual(["a", "b", "c"]);
  });

  test("is settled by whoever has its journal's duty, and only there", () => {
    const { east, spec, acknowledges } = settling(["ann"]);
    east.journal.put(spec.name, "west.1", entryOf("w"));
    east.settlers[1]?.stop();
    acknowledges("ann", { "east.1": 3, "west.1": 1 });
    expect(east.outcomes()).toEqual(["a delivered", "b delivered", "c delivered"]);
  });

  test("is settled when it comes, where a reader acknowledged it at another region before", () => {
    const { east, spec, acknowledges } = settling(["ann"]);
    acknowledges("ann", { "east.1": 3, "west.1": 1 });
    const entry = entryOf("w");
    east.journal.put(spec.name, "west.1", entry);
    east.learned("west.1", [entry]);
    expect(east.outcomes()).toEqual(["a delivered", "b delivered", "c delivered", "w delivered"]);
  });

  test("is not settled without the duty, and is once that is held again", () => {
    const { east, acknowledges } = settling(["ann"]);
    east.grip.holds = false;
    acknowledges("ann", { "east.1": 3 });
    expect(east.outcomes()).toEqual([]);
    east.grip.holds = true;
    for (const settler of east.settlers) settler.poke();
    expect(east.outcomes()).toHaveLength(3);
  });

  test("is settled in pages, each once", () => {
    const { east, acknowledges } = settling(["ann"]);
    east.accept(...Array.from({ length: 600 }, (_, at) => `m${at}`));
    east.journal.writes.shut();
    acknowledges("ann", { "east.1": 603 });
    acknowledges("ann", { "east.1": 603, "west.1": 1 });
    east.journal.writes.open();
    expect(east.outcomes()).toHaveLength(603);
    expect(new Set(east.outcomes()).size).toBe(603);
  });

  test("that another region skipped as a fault, without having told it yet, is a fault and no delivery", () => {
    const { clock, east, west, replicate, acknowledges } = settling(["ann"]);
    replicate(east, west);
    for (const region of [east, west]) region.faults.add("b");
    const page = pageOf(west.read("ann", {}));
    expect(page.events).toEqual(["a", "c"]);
    acknowledges("ann", page.cursor);
    clock.advance(1_000);
    expect(east.outcomes()).toEqual(["a delivered", "b faulted", "c delivered"]);
  });

  test("that was served here is not translated again to be settled", () => {
    const { clock, east } = settling(["ann"]);
    const { cursor } = pageOf(east.read("ann", {}));
    east.read("ann", cursor);
    clock.advance(1_000);
    expect(east.outcomes()).toHaveLength(3);
    expect(east.translations).toEqual(["a", "b", "c"]);
  });
});

describe("a resubmitted entry", () => {
  const resubmitted = () => {
    const world = settling(["ann"]);
    world.east.faults.add("b");
    const page = pageOf(world.east.read("ann", {}));
    world.east.faults.clear();
    return { ...world, page };
  };

  test("is settled once the place of the resubmission was read", () => {
    const { east, acknowledges, page } = resubmitted();
    east.resubmit("b");
    acknowledges("ann", page.cursor);
    expect(east.outcomes()).toEqual(["b faulted", "a delivered", "c delivered"]);
    const again = pageOf(east.read("ann", page.cursor));
    acknowledges("ann", again.cursor);
    expect([again.events, east.outcomes().at(-1)]).toEqual([["b"], "b delivered"]);
  });

  test("is settled also where it had been acknowledged before the resubmission was known", () => {
    const { east, acknowledges, page } = resubmitted();
    acknowledges("ann", page.cursor);
    east.resubmit("b");
    expect(east.outcomes().at(-1)).toBe("c delivered");
    acknowledges("ann", pageOf(east.read("ann", page.cursor)).cursor);
    expect(east.outcomes().at(-1)).toBe("b delivered");
  });

  test("is settled by a holder that begins after all of it", () => {
    const { clock, east, page } = resubmitted();
    east.grip.holds = false;
    east.resubmit("b");
    const again = pageOf(east.read("ann", page.cursor));
    east.read("ann", again.cursor);
    clock.advance(1_000);
    expect(east.outcomes()).toEqual(["b faulted"]);
    east.grip.holds = true;
    east.settle();
    expect([...east.outcomes()].sort()).toEqual(["a delivered", "b delivered", "b faulted", "c delivered"]);
  });
});

test("a settler that drains ends once what it writes is written, and begins nothing new", () => {
  const { east, acknowledges } = settling(["ann"]);
  east.journal.writes.shut();
  acknowledges("ann", { "east.1": 2 });
  let drained = false;
  east.settlers[0]?.drain(() => {
    drained = true;
  });
  expect(drained).toBe(false);
  east.journal.writes.open();
  expect([drained, east.outcomes()]).toEqual([true, ["a delivered", "b delivered"]]);
  acknowledges("ann", { "east.1": 3 });
  expect(east.outcomes()).toHaveLength(2);
});

describe("a reader begins", () => {
  const begun = (startFrom: "earliest" | "now" | { readonly time: string }) => {
    const world = feeding({ startFrom });
    const { clock, east } = world;
    east.accept("a");
    clock.advance(60_000);
    east.accept("b");
    clock.advance(60_000);
    return world;
  };
  const time = (ms: number) => ({ time: new Date(1_700_000_000_000 + ms).toISOString() });

  test.each([
    ["earliest", ["a", "b"]],
    ["now", []],
    [time(30_000), ["b"]],
    [time(-30_000), ["a", "b"]],
    [time(600_000), []],
  ] as const)("at its startFrom %s, once it is registered", (startFrom, events) => {
    const { east } = begun(startFrom);
    expect(east.read("ann").answer).toMatchObject({ kind: "refused" });
    east.register();
    expect(pageOf(east.read("ann")).events).toEqual(events);
    east.accept("c");
    expect(pageOf(east.read("ann")).events).toEqual([...events, "c"]);
  });

  test("once: what it has acknowledged since, and elsewhere, stays", () => {
    const { east, west, replicate, spec } = begun("now");
    east.register();
    replicate(east, west);
    const known = west.journal.consumers(spec.name);
    west.accept("c");
    west.register();
    expect(west.journal.consumers(spec.name)).toEqual(known);
  });

  test("not over what it acknowledges meanwhile: a later record of a journal takes the place of an earlier one", () => {
    const { clock, east, spec } = begun("earliest");
    const { cursor } = pageOf(east.read("ann", {}));
    east.read("ann", cursor);
    east.journal.writes.shut();
    clock.advance(1_000);
    east.register();
    east.journal.writes.open();
    const written = east.journal.all(spec.name, "consumer").filter(({ name }) => name === "ann");
    expect(written.at(-1)?.vector).toEqual(cursor);
  });

  test("above what was pruned, where it begins at the earliest", () => {
    const { east, spec } = begun("earliest");
    east.journal.put(spec.name, "east.1", { kind: "pruned", journal: "east.1", position: 1 });
    east.register();
    expect(pageOf(east.read("ann")).events).toEqual(["b"]);
  });
});

test("the status says how far each reader is, and holds nobody for behind who has read all", () => {
  const { clock, east, spec } = feeding();
  const status = () => east.feeds.status(spec);
  const start = clock.wallMs();
  expect(status()).toEqual({
    ann: { unread: 0, oldestUnreadAt: null, lastReadAt: null },
    bob: { unread: 0, oldestUnreadAt: null, lastReadAt: null },
  });
  east.register();
  east.accept("a", "b");
  const { cursor } = pageOf(east.read("ann", null, { limit: 1 }));
  expect(status()).toEqual({
    ann: { unread: 2, oldestUnreadAt: start, lastReadAt: clock.wallMs() },
    bob: { unread: 2, oldestUnreadAt: start, lastReadAt: null },
  });
  const rest = pageOf(east.read("ann", cursor));
  expect(status().ann).toMatchObject({ unread: 1, oldestUnreadAt: start + 1 });
  east.read("ann", rest.cursor);
  clock.advance(1_000);
  expect(status().ann).toMatchObject({ unread: 0, oldestUnreadAt: null });
});
