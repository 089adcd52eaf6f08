import { describe, expect, test } from "vitest";
import { regressions } from "./regressions.ts";
import { overTables, scheduleOf, worldOf } from "./schedule.ts";
import type { Schedule } from "./schedule-model.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulation.ts";
import { violationOf } from "./story.ts";

const findingsOf = (schedule: Schedule): string[] =>
  simulate(schedule).findings.map(({ invariant, what }) => `seed ${schedule.seed}: ${invariant}: ${what}`);

describe("a schedule", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(scheduleOf(-42)).toEqual(scheduleOf(-42));
    expect(scheduleOf(-42)).not.toEqual(scheduleOf(42));
    expect(scheduleOf(Number.MAX_SAFE_INTEGER)).not.toEqual(scheduleOf(Number.MAX_SAFE_INTEGER - 2 ** 32));
  });

  test("runs to the identical trace each time", () => {
    for (const seed of [3, 17, 58]) {
      const [first, second] = [simulate(scheduleOf(seed)), simulate(scheduleOf(seed))];
      expect(second.trace).toBe(first.trace);
      expect(second.log).toEqual(first.log);
      expect(second.happenings).toBe(first.happenings);
    }
  });

  test("really carries events through faults", () => {
    const runs = Array.from({ length: 40 }, (_, index) => simulate(scheduleOf(index + 1)));
    const writes = runs.flatMap(({ ledgers }) => ledgers.writes.filter(({ takenAt }) => takenAt !== null));
    const faults = runs.flatMap(({ schedule }) => schedule.faults);
    expect(writes.length).toBeGreaterThan(40 * 10);
    expect(new Set(faults.map(({ kind }) => kind)).size).toBeGreaterThan(12);
  });
});

describe("the invariants hold", () => {
  test("in 300 schedules of two and three regions", () => {
    expect(Array.from({ length: 300 }, (_, index) => findingsOf(scheduleOf(index + 1))).flat()).toEqual([]);
  });

  test("in 30 schedules of four regions", () => {
    expect(Array.from({ length: 30 }, (_, index) => findingsOf(scheduleOf(index + 1, 4))).flat()).toEqual([]);
  });

  test("in 100 schedules over tables that replicate by themselves", () => {
    const schedules = Array.from({ length: 100 }, (_, index) => scheduleOf(index + 1, undefined, overTables));
    expect(schedules.flatMap(findingsOf)).toEqual([]);
  });

  test.each(["disk", "dynamo"] as const)("in 100 schedules over a hub without order, journals on %s", (store) => {
    const steer = worldOf({ store, hub: "unordered" });
    const schedules = Array.from({ length: 100 }, (_, index) => scheduleOf(index + 1, undefined, steer));
    expect(schedules.flatMap(findingsOf)).toEqual([]);
  });

  test.each(regressions.map((one) => [one.story, one] as const))("%s", (_, { seed, regions, ...world }) => {
    expect(findingsOf(scheduleOf(seed, regions, worldOf(world)))).toEqual([]);
  });
});

test("a violation is shrunk to what it takes, and still tells its story", () => {
  const schedule = scheduleOf(4);
  const needed = schedule.gifts[3];
  const small = shrink(schedule, "converges", ({ gifts }) =>
    gifts.some(({ id }) => id === needed?.id) ? ["converges"] : [],
  );
  expect(small.gifts.map(({ id }) => id)).toEqual([needed?.id]);
  expect(small.faults).toEqual([]);
  const run = { ...simulate(small), findings: [{ invariant: "converges", what: "it did not" } as const] };
  expect(violationOf(4, run)?.story).toContain("it did not");
});
