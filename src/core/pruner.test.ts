import { expect, test } from "vitest";
import { regionPolicy } from "./policy.ts";
import { Pruner } from "./pruner.ts";
import type { Vector } from "./records.ts";
import { Replication } from "./replication.ts";
import { entryOf, sendSpec, settlementOf, TestClock } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";

const day = 86_400_000;
const { pruneEveryMs } = regionPolicy;

/** East, which wrote and settled one entry long ago, with two peers. */
const pruning = () => {
  const spec = sendSpec({ dedupeWindowMs: day, retention: { settledMs: day, rawMs: day } });
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
