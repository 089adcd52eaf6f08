import { describe, expect, test } from "vitest";
import { regionPolicy } from "./policy.ts";
import type { Vector } from "./records.ts";
import { entryOf, settlementOf } from "./testing.ts";
import { feeding, pageOf } from "./testing-feed.ts";

const { gatherMs, acknowledgeEveryMs, perReader, inAll } = regionPolicy.feed;

/** Everything that a reader gets from a region until it is told that there is nothing more. */
const readAll = (region: ReturnType<typeof feeding>["east"], from: Vector = {}, limit = 100) => {
  const events: string[] = [];
  let page = pageOf(region.read("ann", from, { limit }));
  for (events.push(...page.events); page.more; events.push(...page.events)) {
    page = pageOf(region.read("ann", page.cursor, { limit }));
  }
  return { events, cursor: page.cursor };
};

describe("a page of a feed", () => {
  test("has what is above the cursor, of every journal, and the cursor goes on there", () => {
    const { east, west, replicate } = feeding();
    east.accept("a", "b");
    west.accept("c");
    replicate(west, east);
    const first = pageOf(east.read("ann", {}));
    expect([...first.events].sort()).toEqual(["a", "b", "c"]);
    expect(first.cursor).toEqual({ "east.1": 2, "west.1": 1 });
    east.accept("d");
    expect(pageOf(east.read("ann", first.cursor)).events).toEqual(["d"]);
  });

  test("has at most as many events as asked for, and the next has the rest", () => {
    const { east, west, replicate } = feeding();
    east.accept("a", "b", "c");
    west.accept("d", "e", "f");
    replicate(west, east);
    const page = pageOf(east.read("ann", {}, { limit: 4 }));
    expect(page).toMatchObject({ events: { length: 4 }, more: true });
    const rest = pageOf(east.read("ann", page.cursor, { limit: 4 }));
    expect(rest).toMatchObject({ events: { length: 2 }, more: false });
    expect([...page.events, ...rest.events].sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test("has an identity of two journals once", () => {
    const { east, west, replicate } = feeding();
    east.accept("a");
    west.accept("a", "b");
    replicate(west, east);
    expect([...pageOf(east.read("ann", {})).events].sort()).toEqual(["a", "b"]);
    expect(readAll(east, {}, 1).events.sort()).toEqual(["a", "b"]);
    expect(pageOf(east.read("ann", { "west.1": 2 })).events).toEqual([]);
  });

  test("leaves out what the translation ignores, and the cursor passes it", () => {
    const { east, spec } = feeding();
    east.journal.put(spec.name, "east.1", entryOf("a", { payload: "none" }));
    east.accept("b");
    const page = pageOf(east.read("ann", {}));
    expect(page.events).toEqual(["b"]);
    expect(east.outcomes()).toEqual(["a ignored"]);
    expect(pageOf(east.read("ann", page.cursor)).events).toEqual([]);
  });

  test("passes over many that nobody gets in one request, and says where it came to", () => {
    const { east, spec } = feeding();
    for (let at = 0; at < 20; at += 1) east.journal.put(spec.name, "east.1", entryOf(`n${at}`, { payload: "none" }));
    const page = pageOf(east.read("ann", {}, { limit: 2 }));
    expect(page).toMatchObject({ events: [], more: true, cursor: { "east.1": 2 * regionPolicy.feed.looks } });
    expect(readAll(east, page.cursor, 2).cursor["east.1"]).toBeGreaterThanOrEqual(20);
  });
});

describe("a cursor", () => {
  test("is good in every region and incarnation", () => {
    const { east, west, replicate } = feeding();
    east.accept("a", "b");
    replicate(east, west);
    const { cursor } = pageOf(east.read("ann", {}, { limit: 1 }));
    expect(pageOf(west.read("ann", cursor)).events).toEqual(["b"]);
    east.journal.begin(2);
    east.accept("c");
    replicate(east, west);
    expect(pageOf(west.read("ann", cursor)).events).toEqual(["b", "c"]);
  });

  test("skips no entry though a region lags", () => {
    const { east, west, replicate } = feeding();
    east.accept("a");
    replicate(east, west);
    east.accept("b", "c");
    west.accept("d");
    const atWest = pageOf(west.read("ann", {}));
    expect(atWest.events).toEqual(["a", "d"]);
    const atEast = pageOf(east.read("ann", atWest.cursor));
    expect(atEast.events).toEqual(["b", "c"]);
    const back = pageOf(west.read("ann", atEast.cursor));
    expect([back.events, back.cursor]).toEqual([[], atEast.cursor]);
    replicate(east, west);
    east.accept("e");
    replicate(east, west);
    expect(pageOf(west.read("ann", atEast.cursor)).events).toEqual(["e"]);
  });

  test("that is older re-reads and takes nothing back", () => {
    const { clock, east, spec } = feeding();
    east.accept("a", "b");
    const { cursor } = pageOf(east.read("ann", {}));
    east.read("ann", cursor);
    clock.advance(acknowledgeEveryMs);
    expect(east.journal.consumers(spec.name).ann).toEqual(cursor);
    expect(pageOf(east.read("ann", {})).events).toEqual(["a", "b"]);
    clock.advance(acknowledgeEveryMs);
    expect(east.journal.consumers(spec.name).ann).toEqual(cursor);
  });

  test("re-reads what was delivered to all", () => {
    const { clock, east } = feeding();
    east.accept("a");
    const { cursor } = pageOf(east.read("ann", {}));
    for (const reader of ["ann", "bob"]) east.read(reader, cursor);
    clock.advance(acknowledgeEveryMs);
    expect(east.outcomes()).toEqual(["a delivered"]);
    expect(pageOf(east.read("ann", {})).events).toEqual(["a"]);
  });

  test("that is not named goes on at what was acknowledged, in any region", () => {
    const { clock, east, west, replicate } = feeding();
    east.register();
    east.accept("a", "b");
    const { cursor } = pageOf(east.read("ann", null, { limit: 1 }));
    east.read("ann", cursor);
    clock.advance(acknowledgeEveryMs);
    replicate(east, west);
    expect(pageOf(west.read("ann")).events).toEqual(["b"]);
    expect(pageOf(west.read("bob")).events).toEqual(["a", "b"]);
  });

  test("behind what was pruned is told where to resume, also where it lacks the journal", () => {
    const { east, spec } = feeding();
    east.accept("a", "b", "c");
    east.journal.put(spec.name, "west.1", entryOf("d"), entryOf("e"));
    east.journal.put(spec.name, "east.1", { kind: "pruned", journal: "east.1", position: 2 });
    expect(east.read("ann", { "east.1": 1, "west.1": 1 }).answer).toEqual({
      kind: "gone",
      earliest: { "east.1": 2, "west.1": 1 },
    });
    expect(east.read("ann", { "west.1": 1 }).answer).toMatchObject({ kind: "gone" });
    expect(
      pageOf(east.read("ann", { "east.1": 2, "west.1": 1 }))
        .events.slice()
        .sort(),
    ).toEqual(["c", "e"]);
  });

  test("does not move for a reader that got nothing, so that a quiet feed writes nothing", () => {
    const { clock, east, spec } = feeding();
    east.accept("a");
    const { cursor } = pageOf(east.read("ann", {}));
    for (const reader of ["ann", "bob"]) east.read(reader, cursor);
    clock.advance(acknowledgeEveryMs);
    const vector = east.journal.vector(spec.name);
    for (let at = 0; at < 3; at += 1) {
      expect(pageOf(east.read("ann", cursor)).cursor).toEqual(cursor);
      clock.advance(acknowledgeEveryMs);
    }
    expect(east.journal.vector(spec.name)).toEqual(vector);
  });

  test("moves past what a reader has from another region's journal, so that it can be settled there", () => {
    const { east, west, replicate } = feeding();
    east.accept("a");
    west.accept("a");
    const { cursor } = pageOf(west.read("ann", {}));
    replicate(west, east);
    const page = pageOf(east.read("ann", cursor));
    expect([page.events, page.cursor]).toEqual([[], { "east.1": 1, "west.1": 1 }]);
  });
});

describe("a fault", () => {
  const faulted = () => {
    const world = feeding();
    world.east.accept("a", "b");
    world.east.faults.add("a");
    const page = pageOf(world.east.read("ann", {}));
    return { ...world, page };
  };

  test("is listed before the cursor passes it", () => {
    const { east } = feeding();
    east.accept("a", "b");
    east.faults.add("a");
    east.journal.writes.shut();
    const got = east.read("ann", {}, { waitMs: 10_000 });
    expect(got.answer).toBeNull();
    east.journal.writes.open();
    expect([pageOf(got).events, east.outcomes()]).toEqual([["b"], ["a faulted"]]);
  });

  test("is skipped and served again after resubmission, once", () => {
    const { east, page } = faulted();
    east.faults.clear();
    east.resubmit("a");
    const again = pageOf(east.read("ann", page.cursor));
    expect([page.events, again.events]).toEqual([["b"], ["a"]]);
    expect(pageOf(east.read("ann", again.cursor)).events).toEqual([]);
    expect([...readAll(east, {}, 1).events].sort()).toEqual(["a", "b"]);
  });

  test("that was resubmitted elsewhere is not passed before its entry is here", () => {
    const { east, west, replicate } = feeding();
    east.accept("a");
    east.faults.add("a");
    east.read("ann", {});
    replicate(east, west);
    west.resubmit("a");
    west.accept("w");
    const late = feeding();
    replicate(west, late.east, "west.1");
    const page = pageOf(late.east.read("ann", {}));
    expect(page.events).toEqual([]);
    replicate(west, late.east);
    expect([...pageOf(late.east.read("ann", page.cursor)).events].sort()).toEqual(["a", "w"]);
  });
});

describe("a reader that waits", () => {
  test("is served as soon as something was accepted here", () => {
    const { clock, east } = feeding();
    const got = east.read("ann", {}, { waitMs: 10_000 });
    clock.advance(5_000);
    expect(got.answer).toBeNull();
    east.accept("a");
    clock.advance(gatherMs);
    expect(pageOf(got).events).toEqual(["a"]);
  });

  test("is served as soon as something came from a peer", () => {
    const { clock, east, west, replicate } = feeding();
    const got = east.read("ann", {}, { waitMs: 10_000 });
    west.accept("a");
    replicate(west, east);
    clock.advance(gatherMs);
    expect(pageOf(got).events).toEqual(["a"]);
  });

  test("gets nothing once its time is over", () => {
    const { clock, east } = feeding();
    const got = east.read("ann", { "north.4": 7 }, { waitMs: 10_000 });
    clock.advance(10_000);
    expect(pageOf(got)).toMatchObject({ events: [], cursor: { "north.4": 7 }, more: false });
  });

  test("is refused where it waits often enough already, and others are not", () => {
    const { east } = feeding();
    for (let at = 0; at < perReader; at += 1) expect(east.read("ann", {}, { waitMs: 10_000 }).answer).toBeNull();
    expect(east.read("ann", {}, { waitMs: 10_000 }).answer).toMatchObject({ kind: "refused" });
    expect(east.read("bob", {}, { waitMs: 10_000 }).answer).toBeNull();
  });

  test("is refused where as many wait in all as may", () => {
    const { east } = feeding();
    for (let at = 0; at < inAll; at += 1) expect(east.read(`r${at}`, {}, { waitMs: 10_000 }).answer).toBeNull();
    expect(east.read("ann", {}).answer).toMatchObject({ kind: "refused" });
  });

  test("makes room when it goes", () => {
    const { east } = feeding();
    const waiting = Array.from({ length: perReader }, () => east.read("ann", {}, { waitMs: 10_000 }));
    waiting[0]?.leave();
    expect(east.read("ann", {}, { waitMs: 10_000 }).answer).toBeNull();
    expect(east.read("ann", {}, { waitMs: 10_000 }).answer).toMatchObject({ kind: "refused" });
  });

  test("is let go when the region stops", () => {
    const { east } = feeding();
    const got = east.read("ann", {}, { waitMs: 10_000 });
    east.feeds.stop();
    expect(got.answer).toMatchObject({ kind: "refused" });
  });

  test("is let go when the store never answers", () => {
    const { clock, east, spec } = feeding();
    east.accept("a");
    east.journal.reads.shut();
    const got = east.read("ann", {});
    clock.advance(spec.requestTimeoutMs);
    expect(got.answer).toMatchObject({ kind: "refused" });
    east.journal.reads.open();
  });
});

describe("the order of a page", () => {
  const crossed = (ordering: "none" | "key") => {
    const world = feeding({ ordering });
    const { east, west, replicate } = world;
    east.accept("a1");
    replicate(east, west);
    west.accept("a2");
    replicate(west, east);
    east.accept("a3");
    return world;
  };

  test("by key: an entry comes after what its region had when it accepted it, over pages of one", () => {
    const { east } = crossed("key");
    expect(readAll(east, {}, 1).events).toEqual(["a1", "a2", "a3"]);
    expect(readAll(east, {}, 2).events).toEqual(["a1", "a2", "a3"]);
  });

  test("by key: an entry waits for what came before it in a region that lags", () => {
    const { east, west, replicate } = crossed("key");
    west.accept("a4");
    replicate(east, west, "east.1");
    const late = feeding({ ordering: "key" });
    replicate(west, late.east, "west.1");
    const nothing = pageOf(late.east.read("ann", {}, { limit: 1 }));
    expect([nothing.events, nothing.cursor, nothing.more]).toEqual([[], {}, false]);
    replicate(west, late.east);
    expect(readAll(late.east).events).toEqual(["a1", "a2", "a3", "a4"]);
  });

  test("latest: of a key the last one known is served, and the others are superseded", () => {
    const { east } = feeding({ ordering: "latest" });
    east.accept("a1", "a2", "a3");
    expect(pageOf(east.read("ann", {})).events).toEqual(["a3"]);
    expect(east.outcomes()).toEqual(["a1 superseded", "a2 superseded"]);
    expect(pageOf(east.read("bob", {})).events).toEqual(["a3"]);
  });

  test("latest: of two accepted apart neither supersedes the other, so that one always arrives", () => {
    const { east, west, replicate } = feeding({ ordering: "latest" });
    east.accept("e");
    west.accept("w");
    replicate(east, west);
    replicate(west, east);
    expect([...pageOf(east.read("ann", {})).events].sort()).toEqual(["e", "w"]);
    expect([...pageOf(west.read("bob", {})).events].sort()).toEqual(["e", "w"]);
  });

  test("latest: one that failed does not supersede", () => {
    const { east, spec } = feeding({ ordering: "latest" });
    east.accept("a1", "a2");
    east.journal.put(spec.name, "east.1", settlementOf("a2", { outcome: "faulted" }));
    expect(pageOf(east.read("ann", {})).events).toEqual(["a1"]);
  });
});

test("an entry of a replicated feed is served once another region has it, and not passed before", () => {
  const { clock, east } = feeding({ durability: "replicated" });
  east.held.elsewhere = 1;
  east.accept("a", "b");
  const page = pageOf(east.read("ann", {}));
  expect([page.events, page.cursor]).toEqual([["a"], { "east.1": 1 }]);
  const got = east.read("ann", page.cursor, { waitMs: 10_000 });
  east.held.elsewhere = 2;
  east.feeds.woken("orders");
  clock.advance(gatherMs);
  expect(pageOf(got).events).toEqual(["b"]);
});

test("acknowledgements of a reader are gathered, and written once more where the store refused", () => {
  const { clock, east, spec } = feeding();
  east.accept("a", "b", "c");
  const written = () => east.journal.all(spec.name, "consumer").length;
  for (const position of [1, 2, 3]) east.read("ann", { "east.1": position });
  expect(written()).toBe(0);
  east.journal.full = true;
  clock.advance(acknowledgeEveryMs);
  expect(written()).toBe(0);
  east.journal.full = false;
  clock.advance(acknowledgeEveryMs);
  expect([written(), east.journal.consumers(spec.name)]).toEqual([1, { ann: { "east.1": 3 } }]);
  clock.advance(10 * acknowledgeEveryMs);
  expect(written()).toBe(1);
});
