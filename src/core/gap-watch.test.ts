import { describe, expect, test } from "vitest";
import { GapWatch } from "./gap-watch.ts";

const afterMs = 2_000;

/** Sees numbers of one series, one per millisecond. */
const watching = (...numbers: readonly number[]) => {
  const watch = new GapWatch(afterMs);
  let now = 0;
  const see = (...more: readonly number[]): void => {
    for (const number of more) watch.saw({ of: "device", number }, now++);
  };
  see(...numbers);
  return { watch, see, missing: () => watch.gaps.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)) };
};

describe("a gap", () => {
  test.each<[string, number[], string[]]>([
    ["is what lies between two numbers", [5, 9], ["6-8"]],
    ["is not what came before the first that was seen", [5, 3, 6], []],
    ["is not a number that comes twice", [5, 5, 6, 6], []],
    ["is closed from below", [1, 5, 2], ["3-4"]],
    ["is closed from above", [1, 5, 4], ["2-3"]],
    ["is parted by a number in its middle", [1, 5, 3], ["2", "4"]],
    ["is gone when all of it came, in whatever order", [1, 6, 4, 2, 5, 3], []],
    ["may be one of several", [1, 3, 6], ["2", "4-5"]],
    ["is not made by what is no number", [1, Number.NaN, 1.5, 2], []],
  ])("%s", (_, numbers, expected) => {
    expect(watching(...numbers).missing()).toEqual(expected);
  });

  test("is asked for once it is old enough, the oldest first", () => {
    const { watch, see } = watching(1, 3);
    expect(watch.dueAt()).toBe(1 + afterMs);
    see(9);
    expect(watch.dueAt()).toBe(1 + afterMs);
    see(2);
    expect(watch.dueAt()).toBe(2 + afterMs);
  });

  test("that was asked for and did not come is listed, and not asked for again", () => {
    const { watch } = watching(1, 3);
    watch.asked();
    expect(watch.dueAt()).toBe(Number.POSITIVE_INFINITY);
    watch.concluded();
    expect([watch.gaps[0]?.state, watch.dueAt()]).toEqual(["listed", Number.POSITIVE_INFINITY]);
  });

  test("that is seen while the source is read is asked for afterwards", () => {
    const { watch, see } = watching(1, 3);
    watch.asked();
    see(5);
    watch.concluded();
    expect(watch.gaps.map(({ state }) => state)).toEqual(["listed", "new"]);
    expect(watch.dueAt()).toBe(2 + afterMs);
  });
});

test("series are counted apart", () => {
  const watch = new GapWatch(afterMs);
  watch.saw({ of: "one", number: 1 }, 0);
  watch.saw({ of: "two", number: 5 }, 0);
  watch.saw({ of: "one", number: 2 }, 0);
  watch.saw(null, 0);
  expect(watch.gaps).toEqual([]);
});

test("the memory is bounded, whatever comes", () => {
  const watch = new GapWatch(afterMs);
  for (let number = 0; number < 10_000; number += 2) watch.saw({ of: "holes", number }, number);
  expect(watch.gaps.length).toBeLessThanOrEqual(256);
  for (let series = 0; series < 10_000; series += 1) watch.saw({ of: `${series}`, number: 1 }, series);
  watch.saw({ of: "0", number: 9 }, 0);
  expect(watch.gaps).toEqual([]);
});

test("what was passed is listed once, until it comes", () => {
  const watch = new GapWatch(afterMs);
  watch.passed("order", 2, 4, 100);
  watch.passed("order", 3, 4, 200);
  expect(watch.gaps).toEqual([{ series: "order", from: 2, to: 4, since: 100, state: "passed" }]);
  expect(watch.dueAt()).toBe(Number.POSITIVE_INFINITY);
  watch.came({ of: "order", number: 3 });
  expect(watch.gaps.map(({ from, to }) => [from, to])).toEqual([
    [2, 2],
    [4, 4],
  ]);
});
