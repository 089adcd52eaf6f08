import { describe, expect, test } from "vitest";
import type { CommonSpec } from "../define/spec.ts";
import { rereadFrom } from "./forgetting.ts";
import { entryOf, settlementOf, testPartner } from "./testing.ts";
import { region, replicate, rules } from "./testing-poller.ts";
import { pollSpec } from "./testing-source.ts";

const twoSites = (over: Partial<CommonSpec> = {}): Partial<CommonSpec> => ({
  partner: {
    ...testPartner,
    sites: { a: { maintenance: [] }, b: { maintenance: [] } },
    topology: {
      mode: "primary-secondary",
      primary: "a",
      secondary: "b",
      failoverAfterMs: 10_000,
      failback: { kind: "manual" },
      recoveryPointMs: 30_000,
    },
  },
  ...over,
});

describe("another region", () => {
  /** East read up to `cursor`; west knows of it. */
  const taken = (cursor: string, grip: { readonly epoch: number; readonly adopted: boolean }) => {
    const east = region();
    const west = region(pollSpec(), "west");
    west.journal.put(west.name, "west.1", entryOf("first"), settlementOf("first"));
    east.poll();
    east.source.page("t500000", ["a"], true);
    east.source.page(cursor, ["b"], true);
    replicate(east, west);
    west.poll(grip);
    return { east, west };
  };

  test("that adopts begins at the cursor known less the lookback", () => {
    const { west } = taken("t900000", { epoch: 2, adopted: true });
    expect(west.source.cursors).toEqual(["t840000"]);
    west.source.page("t900000", ["a", "b"]);
    expect(west.accepted()).toEqual(["first", "a", "b"]);
  });

  test("that was handed the duty goes on exactly", () => {
    expect(taken("t900000", { epoch: 2, adopted: false }).west.source.cursors).toEqual(["t900000"]);
  });

  test("goes back along the trail where the cursor names no time", () => {
    const east = region();
    const west = region(pollSpec(), "west");
    east.poll();
    for (const cursor of ["one", "more", "last"]) {
      east.source.page(cursor, [cursor]);
      east.clock.advance(40_000);
    }
    replicate(east, west);
    west.poll({ epoch: 2, adopted: true });
    expect(west.source.cursors).toEqual(["one"]);
  });

  test("is not set back by a page that the former holder makes durable late", () => {
    const { east, west } = taken("t900000", { epoch: 2, adopted: false });
    east.journal.writes.shut();
    east.source.page("t910000", ["c"]);
    west.source.page("t990000", ["c", "d"]);
    east.journal.writes.open();
    replicate(east, west);
    expect(west.cursor()).toBe("t990000");
    west.poll({ epoch: 3 });
    expect(west.source.cursors.at(-1)).toBe("t990000");
  });

  test("under another duty, whose epochs are lower, rules all the same", () => {
    const { east, west } = taken("t900000", { epoch: 2, adopted: false });
    west.source.page("t910000", ["c"]);
    replicate(west, east);
    const later = region(pollSpec(), "later");
    replicate(east, later);
    later.poll({ epoch: 1, home: "later" });
    later.source.page("t999999", ["z"]);
    expect(later.cursor()).toBe("t999999");
    later.poll({ epoch: 2, home: "later" });
    later.source.page("t1999999", ["y"]);
    expect(later.cursor()).toBe("t1999999");
  });
});

const week = 7 * 86_400_000;

describe("what every run reads once more, to find what the source showed late", () => {
  /** A source whose passes begin before the cursor, and lead back to it where nothing came. */
  const overlapping = () => {
    const cursor = { kind: "since", query: "since", field: "/time", overlapMs: 60_000 } as const;
    const world = region(pollSpec({}, { cursor, everyMs: week }));
    const { poller } = world.poll();
    const readAt = world.clock.wallMs();
    world.source.page("t900000", ["a"]);
    world.clock.advance(week);
    const isKept = () => rereadFrom(world.spec, world.journal, rules.clockSkewMs) <= readAt;
    return { ...world, poller, isKept };
  };

  test("is kept for the next run, however long nothing came", () => {
    const { source, isKept } = overlapping();
    source.page("t900000 on", ["a"], true);
    source.page("t900000", ["a"]);
    expect([source.cursors, isKept()]).toEqual([[null, "t900000", "t900000 on"], true]);
  });

  test("is kept while the run is under way, also where that ends there", () => {
    const { source, poller, isKept } = overlapping();
    source.page("t900000 on", ["a"], true);
    expect(isKept()).toBe(true);
    poller.stop();
    expect(isKept()).toBe(true);
  });

  test("writes no cursor while nothing comes, so that a quiet source does not grow the journal", () => {
    const { source, clock, journal, name } = overlapping();
    const cursors = () => journal.all(name, "cursor").length;
    for (let run = 1; run <= 5; run += 1) {
      source.page("t900000 on", ["a"], true);
      source.page("t900000", ["a"]);
      clock.advance(week);
    }
    expect(cursors()).toBe(1);
    source.page("t900000 on", ["a", "b"], true);
    expect(cursors()).toBe(2);
  });

  test("is told once, however often a run is broken off", () => {
    const { source, poller, poll, clock, journal, name } = overlapping();
    source.page("t900000 on", ["a"], true);
    poller.stop();
    for (const epoch of [2, 3, 4, 5]) {
      const next = poll({ epoch });
      source.page(`t${epoch}000000 on`, [`${epoch}`], true);
      source.page(`t${epoch}000001`, [`${epoch}`]);
      clock.advance(week);
      source.page(`t${epoch}000002 on`, [`${epoch} more`], true);
      next.poller.stop();
    }
    expect(journal.cursor(name, "poll")?.value.match(/rereads/g)).toHaveLength(1);
  });

  test("is kept no longer once something came", () => {
    const { source, clock, isKept } = overlapping();
    source.page("t700000000 on", ["a", "b"], true);
    source.page("t700000000", ["b"]);
    clock.advance(week);
    source.page("t800000000", ["b", "c"]);
    expect(isKept()).toBe(false);
  });
});

describe("what an adopter reads once more", () => {
  /** Read and settled at once, then nothing for a week, then adopted. */
  const quiet = (...cursors: readonly string[]) => {
    const cursor = { kind: "since", query: "since", field: "/time", overlapMs: 0 } as const;
    const world = region(pollSpec({}, { cursor }));
    const { poller } = world.poll();
    const readAt = world.clock.wallMs();
    for (const cursor of cursors) world.source.page(cursor, [cursor], cursor !== cursors.at(-1));
    poller.stop();
    world.clock.advance(week);
    world.poll({ epoch: 2, adopted: true });
    const isKept = () => rereadFrom(world.spec, world.journal, rules.clockSkewMs) <= readAt;
    return { ...world, isKept };
  };

  test("is kept for the next one, although the source has been read since", () => {
    const { source, isKept } = quiet("t900000");
    source.page("t900000", ["t900000"]);
    expect([source.cursors, isKept()]).toEqual([[null, "t840000"], true]);
  });

  test("is kept while it is read, page by page", () => {
    const { source, isKept } = quiet("t880000", "t900000");
    source.page("t880000", ["t880000"], true);
    expect([source.cursors.slice(2), isKept()]).toEqual([["t840000", "t880000"], true]);
  });

  test("is kept no longer once the source went on", () => {
    const { source, clock, isKept } = quiet("t880000", "t900000");
    source.page("t880000", ["t880000"], true);
    source.page("t900000", ["t900000"]);
    clock.advance(10_000);
    source.page("t700000000", ["new"]);
    expect(isKept()).toBe(false);
  });

  test("is kept no longer where the source never ends, once it was read for as long as it may have taken to come", () => {
    const { source, clock, isKept } = quiet("t880000", "t900000");
    source.page("t880000", ["t880000"], true);
    clock.advance(week + 120_000);
    source.page("t700000000", ["b"], true);
    source.page("t700000001", ["c"], true);
    expect(isKept()).toBe(false);
  });
});

describe("another site", () => {
  const switched = (acrossSites: "exact" | "rewind" | "refuse", cursor = "t900000") => {
    const world = region(pollSpec(twoSites(), { acrossSites }));
    world.poll();
    world.source.page(cursor, ["a"]);
    const notSettledSince = world.clock.wallMs() - 41_000;
    world.learn({ home: "a", from: "a", to: "b", notSettledSince, seq: 1 });
    world.clock.advance(10_000);
    return world;
  };
  const last = ({ source }: ReturnType<typeof region>) => {
    const { site, cursor } = source.readings.at(-1) ?? {};
    return [site, cursor];
  };

  test("takes the cursor as it is, where that is exact", () => {
    expect(last(switched("exact"))).toEqual(["b", "t900000"]);
  });

  test("is read from before what the one that was left may have lost, where it is rewound", () => {
    expect(last(switched("rewind"))).toEqual(["b", "t859000"]);
  });

  test("is not read where that is refused, and the status says why", () => {
    const world = switched("refuse");
    expect(last(world)).toEqual(["a", null]);
    expect(world.status()).toMatchObject({ state: "refused", why: expect.stringContaining("acrossSites: refuse") });
    expect(world.observed).toMatchObject([{ kind: "cursor", change: "refused" }]);
  });

  test("is read under the same rule after a switch there and back, of which this region read nothing", () => {
    const world = region(pollSpec(twoSites()));
    world.poll();
    world.source.page("t900000", ["a"]);
    const notSettledSince = world.clock.wallMs() - 31_000;
    world.learn({ home: "a", from: "a", to: "b", notSettledSince, seq: 1 });
    world.learn({ home: "a", from: "b", to: "a", notSettledSince: world.clock.wallMs(), seq: 2 });
    world.clock.advance(10_000);
    expect(last(world)).toEqual(["a", "t869000"]);
  });

  test("is read at once when the switch comes while the old one fails", () => {
    const world = region(pollSpec(twoSites({ retry: { firstMs: 60_000, capMs: 60_000, giveUpAfterMs: null } })));
    world.poll();
    world.source.fail("retry");
    world.learn({ home: "a", from: "a", to: "b", notSettledSince: 0, seq: 1 });
    expect(last(world)).toEqual(["b", null]);
  });
});
