import { expect, test } from "vitest";
import type { CommonSpec, ConnectorSpec } from "../define/spec.ts";
import { cursorText } from "./cursors.ts";
import { regionPolicy } from "./policy.ts";
import { Pruner } from "./pruner.ts";
import type { Vector } from "./records.ts";
import { Replication } from "./replication.ts";
import { entryOf, sendSpec, settlementOf, TestClock } from "./testing.ts";
import { feedSpec } from "./testing-feed.ts";
import { TestJournal } from "./testing-journal.ts";
import { pollSpec } from "./testing-source.ts";

const day = 86_400_000;
const { pruneEveryMs } = regionPolicy;

/** East, which wrote and settled one entry long ago, with two peers. */
const pruning = (specOf: (over: Partial<CommonSpec>) => ConnectorSpec = sendSpec) => {
  const spec = specOf({ dedupeWindowMs: day, retention: { settledMs: day, rawMs: day } });
  const clock = new TestClock();
  const journal = new TestJournal("east");
  const replication = new Replication(
    "east",
    ["west", "north"],
    regionPolicy.replication,
    { clock, random: () => 0.5, journal, peers: { pull: () => {} } },
    () => ({ ready: true, reach: {} }),
    { applied: () => {}, heard: () => {} },
  );
  const pruner = new Pruner(regionPolicy, { clock, journal }, replication, (...asked) => journal.write(...asked));
  const acts = { forEast: true };
  const run = (): void => {
    clock.advance(pruneEveryMs);
    pruner.run([spec], (region) => region === "east" && acts.forEast);
  };
  const reads = (region: string, vector: Vector): void =>
    replication.peers.asked({
      region,
      incarnation: 1,
      vectors: { [spec.name]: vector },
      ready: true,
      reach: {},
      waitMs: 0,
    });
  const settle = (): void => {
    const time = clock.wallMs();
    journal.put(spec.name, "east.1", entryOf("a", { acceptedAt: time }), settlementOf("a", { time }));
    clock.advance(2 * day);
  };
  const pruned = () => journal.all(spec.name, "pruned").map(({ journal: of, position }) => [of, position]);
  return { clock, journal, acts, run, reads, settle, pruned, name: spec.name };
};

test("an entry is forgotten once it is settled, old, and read by every region with its settlement", () => {
  const { run, reads, settle, pruned } = pruning();
  settle();
  reads("west", { "east.1": 2 });
  reads("north", { "east.1": 2 });
  run();
  run();
  expect(pruned()).toEqual([["east.1", 2]]);
});

test("nothing is forgotten while one region has read the entry but not its settlement", () => {
  const { run, reads, settle, pruned } = pruning();
  settle();
  reads("west", { "east.1": 2 });
  reads("north", { "east.1": 1 });
  run();
  run();
  expect(pruned()).toEqual([]);
  reads("north", { "east.1": 2 });
  run();
  expect(pruned()).toEqual([["east.1", 2]]);
});

test("nothing is forgotten while a region was not heard of, however long that is", () => {
  const { clock, run, reads, settle, pruned } = pruning();
  settle();
  reads("west", { "east.1": 2 });
  clock.advance(30 * day);
  run();
  run();
  expect(pruned()).toEqual([]);
});

test("nothing is forgotten that is settled for less than the dedupe window", () => {
  const { clock, journal, run, reads, pruned, name } = pruning();
  journal.put(name, "east.1", entryOf("a"), settlementOf("a", { time: clock.wallMs() }));
  reads("west", { "east.1": 2 });
  reads("north", { "east.1": 2 });
  run();
  run();
  expect(pruned()).toEqual([]);
});

test("an open entry keeps what stands behind it", () => {
  const { clock, journal, run, reads, pruned, name } = pruning();
  const time = clock.wallMs();
  journal.put(
    name,
    "east.1",
    entryOf("a"),
    entryOf("b"),
    entryOf("c"),
    settlementOf("a", { time }),
    settlementOf("c", { time }),
  );
  clock.advance(2 * day);
  reads("west", { "east.1": 5 });
  reads("north", { "east.1": 5 });
  run();
  run();
  expect(pruned()).toEqual([["east.1", 1]]);
});

test("only the region that acts for a journal says what of it may be forgotten", () => {
  const { run, reads, settle, pruned, acts } = pruning();
  acts.forEast = false;
  settle();
  reads("west", { "east.1": 2 });
  reads("north", { "east.1": 2 });
  run();
  run();
  expect(pruned()).toEqual([]);
});

/** A feed's entry, settled long ago, that every region has; three records of its journal. */
const fed = () => {
  const world = pruning(feedSpec);
  world.settle();
  world.journal.put(world.name, "east.1", entryOf("b"));
  for (const region of ["west", "north"]) world.reads(region, { "east.1": 9 });
  const acknowledges = (reader: string, position: number): void =>
    world.journal.put(world.name, "west.1", { kind: "consumer", name: reader, vector: { "east.1": position } });
  const runTwice = (): void => {
    for (const region of ["west", "north"]) world.reads(region, world.journal.vector(world.name));
    world.run();
    world.run();
  };
  return { ...world, acknowledges, runTwice };
};

test("nothing is forgotten that one reader of a feed has not read, however long that is", () => {
  const { clock, acknowledges, runTwice, pruned } = fed();
  acknowledges("ann", 3);
  clock.advance(30 * day);
  runTwice();
  expect(pruned()).toEqual([]);
  acknowledges("bob", 1);
  runTwice();
  expect(pruned()).toEqual([["east.1", 1]]);
  acknowledges("bob", 3);
  runTwice();
  expect(pruned()).toEqual([
    ["east.1", 1],
    ["east.1", 2],
  ]);
});

test("a reader that is no longer configured holds nothing up", () => {
  const { acknowledges, runTwice, pruned } = fed();
  acknowledges("ann", 3);
  acknowledges("bob", 3);
  acknowledges("carl", 0);
  runTwice();
  expect(pruned()).toEqual([["east.1", 2]]);
});

test.each([
  ["that stands where the source was quiet for long", 0, [], null],
  ["that could be rewound to it by an older cursor", 3, [{ at: 0, cursor: "old" }], null],
  ["that has no older one to be rewound to, so that all would be read anew", 8, [], null],
  ["that was rewound to before it", 8, [{ at: 7 * day, cursor: "old" }], 0],
  ["that was rewound and has no older one, so that all would be read anew", 8, [], 7],
] as const)("nothing is forgotten that comes again from a cursor %s", (_what, days, trail, rereadsFrom) => {
  const { clock, journal, reads, settle, run, pruned, name } = pruning(pollSpec);
  const start = clock.wallMs();
  settle();
  clock.advance(10 * day);
  const runWith = (
    at: number,
    marks: readonly { readonly at: number; readonly cursor: string }[],
    rereads: number | null,
  ): void => {
    const place = {
      home: "east",
      lift: 0,
      site: "main",
      seq: 0,
      at: start + at * day,
      cursor: "c",
      trail: marks.map((mark) => ({ ...mark, at: start + mark.at })),
    };
    const since = start + (rereads ?? 0) * day;
    const value = cursorText(rereads === null ? place : { ...place, rereads: { upTo: place, since, until: since } });
    journal.put(name, "east.1", { kind: "cursor", source: "poll", value, epoch: 1 });
    for (const region of ["west", "north"]) reads(region, journal.vector(name));
    run();
    run();
  };
  runWith(days, trail, rereadsFrom);
  expect(pruned()).toEqual([]);
  runWith(9, [{ at: 8 * day, cursor: "older" }], null);
  expect(pruned()).not.toEqual([]);
});
