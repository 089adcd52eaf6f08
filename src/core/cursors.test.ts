import { describe, expect, test } from "vitest";
import { advanced, type CursorPlace, type CursorQuestion, decideCursor, liftOf, lostSince } from "./cursors.ts";
import type { KnownSwitch } from "./settlement.ts";

const named = (cursor: string, byMs: number) => (cursor.startsWith("t") ? `t${Number(cursor.slice(1)) - byMs}` : null);

const place = (over: Partial<CursorPlace> = {}): CursorPlace => ({
  site: "a",
  seq: 0,
  at: 100_000,
  cursor: "t100000",
  trail: [],
  ...over,
});

const trail = [
  { at: 20_000, cursor: "two" },
  { at: 50_000, cursor: "five" },
  { at: 90_000, cursor: "nine" },
];

describe("where a poller goes on", () => {
  const question = (over: Partial<CursorQuestion>): CursorQuestion => ({
    kept: place(),
    to: { home: "a", site: "b", seq: 1 },
    acrossSites: "rewind",
    lostSince: 60_000,
    lookbackMs: 0,
    rewound: named,
    ...over,
  });
  const back = (over: Partial<CursorQuestion>) => {
    const decision = decideCursor(question(over));
    return decision.kind === "rewound" ? [decision.byMs, decision.place.cursor] : decision.kind;
  };
  const opaque = place({ cursor: "last", trail });
  const atHome = { to: { home: "a", site: "a", seq: 0 }, lostSince: Number.POSITIVE_INFINITY };

  test.each<[string, Partial<CursorQuestion>]>([
    ["at the same site", atHome],
    ["at another site that has the same cursors", { acrossSites: "exact" }],
    ["at another site that has all that was read", { lostSince: 100_000 }],
    ["where nothing was read yet", { kept: null }],
    ["where nothing that was read gave a cursor", { kept: place({ cursor: null }) }],
  ])("is exact %s", (_, over) => {
    expect(back(over)).toBe("exact");
  });

  test("is under the switch that it was decided for", () => {
    expect(decideCursor(question({ acrossSites: "exact" }))).toMatchObject({ place: { site: "b", seq: 1 } });
  });

  test("is before what may be lost, by the cursor's own time", () => {
    expect(back({})).toEqual([40_000, "t60000"]);
  });

  test("is the last cursor of the trail before what may be lost", () => {
    expect(back({ kept: opaque })).toEqual([50_000, "five"]);
    expect(back({ kept: opaque, lostSince: 50_000 })).toEqual([50_000, "five"]);
    expect(back({ kept: opaque, lostSince: 49_999 })).toEqual([80_000, "two"]);
  });

  test("keeps of the trail what is earlier", () => {
    expect(decideCursor(question({ kept: opaque }))).toMatchObject({ place: { at: 50_000, trail: [trail[0]] } });
  });

  test("is the start where the trail is too short", () => {
    expect(back({ kept: opaque, lostSince: 0 })).toEqual([100_000, null]);
    expect(back({ kept: place({ cursor: "last" }) })).toEqual([40_000, null]);
  });

  test("is the lookback before, for an adopter", () => {
    expect(back({ ...atHome, lookbackMs: 10_000 })).toEqual([10_000, "t90000"]);
    expect(back({ ...atHome, lookbackMs: 10_000, kept: opaque })).toEqual([10_000, "nine"]);
  });

  test("is the earlier of both for an adopter at another site", () => {
    expect(back({ lookbackMs: 10_000 })).toEqual([40_000, "t60000"]);
    expect(back({ lookbackMs: 70_000 })).toEqual([70_000, "t30000"]);
  });

  test("is nowhere at another site whose cursors are its own, and the reason names the setting", () => {
    expect(decideCursor(question({ acrossSites: "refuse" }))).toEqual({
      kind: "refused",
      why: "a cursor of a is not good at b (acrossSites: refuse)",
    });
  });

  test("is exact at home, whose cursors are its own", () => {
    expect(back({ ...atHome, acrossSites: "refuse" })).toBe("exact");
  });
});

describe("what may be lost", () => {
  const change = (seq: number, notSettledSince: number): KnownSwitch => ({
    kind: "switch",
    home: "a",
    from: "a",
    to: "b",
    notSettledSince,
    seq,
    reason: "",
    journal: "east.1",
  });
  const switches = [change(1, 80_000), change(2, 70_000), change(2, 75_000), change(3, 10_000)];

  test("is nothing while no site was left", () => {
    expect(lostSince(place(), { home: "a", site: "a", seq: 0 }, [], 30_000)).toBe(Number.POSITIVE_INFINITY);
  });

  test("begins where the earliest of the switches since the cursor says", () => {
    expect(lostSince(place({ seq: 1 }), { home: "a", site: "b", seq: 2 }, switches, 30_000)).toBe(70_000);
    expect(lostSince(place({ seq: 0 }), { home: "a", site: "b", seq: 3 }, switches, 30_000)).toBe(10_000);
  });

  test("at another site what came within the recovery point may stand in another order, though nothing was lost", () => {
    expect(lostSince(place(), { home: "a", site: "b", seq: 1 }, [change(1, 500_000)], 30_000)).toBe(70_000);
  });

  test("of another chain is none of this one's", () => {
    const other = { ...change(1, 0), home: "b" };
    expect(lostSince(place(), { home: "a", site: "a", seq: 1 }, [other], 30_000)).toBe(Number.POSITIVE_INFINITY);
  });

  test("is the recovery point where the site has another name and no switch tells", () => {
    expect(lostSince(place(), { home: "c", site: "c", seq: 0 }, switches, 30_000)).toBe(70_000);
  });
});

describe("the trail", () => {
  /** Reads for a while, one page every `everyMs`. */
  const read = (pages: number, everyMs: number, coverMs: number): CursorPlace => {
    let now = place({ at: 0, cursor: null });
    for (let page = 1; page <= pages; page += 1) {
      now = advanced(now, { at: page * everyMs, cursor: `${page}` }, coverMs);
    }
    return now;
  };

  test.each([
    [10, 1_000],
    [1_000, 10],
    [1_000, 1_000],
    [1_000, 7_001],
    [100_000, 3],
  ])("after %d pages every %d ms is short and reaches back far enough", (pages, everyMs) => {
    const coverMs = 60_000;
    const { at, trail: marks } = read(pages, everyMs, coverMs);
    expect(marks.length).toBeLessThanOrEqual(16);
    const [oldest] = marks;
    if (pages * everyMs > coverMs) expect(oldest?.at).toBeLessThanOrEqual(at - coverMs);
    else expect(oldest?.cursor).toBe("1");
  });

  test("lets nobody go back much further than asked", () => {
    const { at, trail: marks } = read(10_000, 100, 60_000);
    const before = marks.findLast((mark) => mark.at <= at - 30_000);
    expect(before?.at).toBeGreaterThan(at - 30_000 - 60_000 / 14 - 100);
  });

  test("goes on after the wall clock was set back", () => {
    const set = advanced(read(100, 1_000, 60_000), { at: 5_000, cursor: "back" }, 60_000);
    const later = advanced(set, { at: 6_000, cursor: "later" }, 60_000);
    expect(later.trail.at(-1)).toEqual({ at: 5_000, cursor: "back" });
  });

  test("stays short whatever the wall clock does", () => {
    let now = read(1_000, 1_000, 60_000);
    for (let back = 0; back < 100; back += 1) now = advanced(now, { at: 900_000 - back, cursor: `b${back}` }, 60_000);
    expect(now.trail.length).toBeLessThanOrEqual(16);
  });

  test("is not kept of cursors that name a time", () => {
    expect(read(100, 1_000, 0).trail).toEqual([]);
  });

  test("stays where a page leads nowhere", () => {
    const here = read(10, 1_000, 60_000);
    expect(advanced(here, { at: 99_000, cursor: here.cursor }, 60_000)).toBe(here);
  });
});

test("a record's epoch rises above those of the duty that polled before", () => {
  const value = { ...place(), home: "east", lift: 3 };
  expect(liftOf(value, 10, "east", 9)).toBe(3);
  expect(2 + liftOf(value, 10, "west", 2)).toBeGreaterThan(10);
  expect(liftOf(value, 10, "west", 20)).toBe(0);
});
