import { describe, expect, test } from "vitest";
import type { Happening, Line } from "../ledger.ts";
import { numbersOf, problemsOf } from "./judge.ts";
import type { FaultSpan, Run } from "./run.ts";

/** `[at, what, n, place]`, all of one key. */
type Told = readonly [number, Happening, number, string];
const runOf = (told: readonly Told[], more: Partial<Run> = {}, cell = "send-ps"): Run => ({
  level: "live",
  driver: "http",
  variant: "undisturbed",
  mode: "active-active",
  faults: [],
  lines: told.map(([at, what, n, place]): Line => ({ at, cell, what, n, key: 0, place })),
  ...more,
});
const given = (n: number, at = n, place = "east"): readonly Told[] => [
  [at, "given", n, place],
  [at, "acknowledged", n, place],
];
const fault = (on: FaultSpan["on"], from: number, to: number): Partial<Run> => ({
  variant: on === "region" ? "killed" : "one-site",
  faults: [{ on, from, to }],
});

describe("a cell holds", () => {
  test("when everything that was acknowledged stands at the taker, once and in order", () => {
    const run = runOf([...given(1), ...given(2), [10, "effect", 1, "a.east"], [11, "effect", 2, "a.east"]]);
    expect(problemsOf(run, "send-ps")).toEqual([]);
    expect(numbersOf(run, "send-ps")).toMatchObject({ given: 2, acknowledged: 2, taken: 2, lost: 0, wireBound: 0 });
  });

  test("when an effect that died with its site was made again at the other", () => {
    const run = runOf(
      [...given(1), [10, "effect", 1, "a.east"], [20, "lost", 1, "a"], [4_000, "effect", 1, "b.east"]],
      fault("site", 20, 9_000),
    );
    expect(problemsOf(run, "send-ps")).toEqual([]);
    expect(numbersOf(run, "send-ps")).toMatchObject({ taken: 1, wireDuplicates: 1, switchMs: 3_980 });
  });

  test("when two sites find that they made one effect", () => {
    const run = runOf(
      [...given(1), [10, "effect", 1, "a.east"], [30, "effect", 1, "b.east"], [40, "merged", 1, "b"]],
      fault("site", 20, 9_000),
    );
    expect(problemsOf(run, "send-ps")).toEqual([]);
  });

  test("when what died unread at their own site never came", () => {
    const run = runOf([...given(1, 1, "a"), [5, "void", 1, "a"]], fault("site", 5, 9_000), "poll-ps");
    expect(problemsOf(run, "poll-ps")).toEqual([]);
  });
});

test("what was under way when their own site died with it is nobody's", () => {
  const run = runOf(
    [[1, "given", 1, "east"], [5, "void", 1, "a"], ...given(2), [9, "effect", 2, "hub.east"]],
    fault("site", 5, 9_000),
    "receive-ps",
  );
  expect(problemsOf(run, "receive-ps")).toEqual([]);
});

describe("a cell does not hold", () => {
  const broken: readonly (readonly [string, readonly Told[], string])[] = [
    ["something acknowledged is not at the taker", given(1), "1 lost"],
    [
      "something was never acknowledged",
      [
        [1, "given", 1, "east"],
        [2, "effect", 1, "a.east"],
      ],
      "never acknowledged",
    ],
    [
      "something came that nobody gave",
      [...given(1), [2, "effect", 1, "a.east"], [3, "effect", 9, "a.east"]],
      "nobody",
    ],
    [
      "something came twice undisturbed",
      [...given(1), [2, "effect", 1, "a.east"], [3, "again", 1, "a.east"]],
      "1 duplicates",
    ],
    [
      "an effect stands twice",
      [...given(1), [2, "effect", 1, "a.east"], [3, "effect", 1, "b.east"]],
      "1 duplicate effects",
    ],
    [
      "a later one of the key was first",
      [...given(1), ...given(2), [8, "effect", 2, "a.east"], [9, "effect", 1, "a.east"]],
      "order",
    ],
    ["something came late", [...given(1), [9_000, "effect", 1, "a.east"]], "1 later than the bound"],
    ["nothing happened at all", [], "nothing was given"],
  ];
  test.each(broken)("when %s", (_, told, problem) => {
    expect(problemsOf(runOf(told), "send-ps").join()).toContain(problem);
  });

  test("when more is sent again after a kill than was in flight", () => {
    const run = runOf(
      [...given(1), [2, "effect", 1, "a.east"], [30_000, "again", 1, "a.west"]],
      fault("region", 20_000, 35_000),
    );
    expect(problemsOf(run, "send-ps").join()).toContain("1 duplicates on the wire, 0 allowed");
  });

  test("when a bad link made it switch sites", () => {
    const told: readonly Told[] = [...given(1), ...given(2), [10, "effect", 1, "a.east"], [20, "effect", 2, "b.east"]];
    const run = runOf(told, { variant: "all-links", faults: [{ on: "links", from: 15, to: 8_000 }] });
    expect(problemsOf(run, "send-ps")).toEqual(["1 to another site, and none had failed"]);
  });

  test("when one of two readers lacks something", () => {
    const run = runOf([...given(1), [2, "effect", 1, "a.east"]], {}, "feed-aa");
    expect(problemsOf(run, "feed-aa").join()).toContain("1 lost");
  });
});

test("who did not wait for an acknowledgement has no order", () => {
  const told: readonly Told[] = [
    [1, "given", 1, "east"],
    [2, "given", 2, "east"],
    [3, "acknowledged", 1, "east"],
    [3, "acknowledged", 2, "east"],
    [8, "effect", 2, "a.east"],
    [9, "effect", 1, "a.east"],
  ];
  expect(numbersOf(runOf(told), "send-ps").outOfOrder).toBe(0);
});

test("a takeover lasts until the last message that was open when the region failed was taken", () => {
  const run = runOf(
    [
      ...given(1),
      ...given(2),
      [10, "effect", 1, "hub.east"],
      [8_000, "effect", 2, "hub.west"],
      [9_000, "again", 1, "hub.west"],
    ],
    fault("region", 100, 15_000),
    "receive-ps",
  );
  expect(numbersOf(run, "receive-ps")).toMatchObject({ takeoverMs: 7_900, drainMs: null });
  expect(problemsOf(run, "receive-ps")).toEqual([]);
});

describe("in a cloud", () => {
  const cloud = { ...fault("region", 20_000, 60_000), level: "cloud" } as const;
  const late = (place: string, effect: string): readonly Told[] => [
    ...given(1, 19_500, place),
    [61_000, "effect", 1, effect],
  ];

  test("what lay in the bus of a region that is away comes when it is back, and is not late", () => {
    expect(problemsOf(runOf(late("east", "a.east"), cloud), "send-ps")).toEqual([]);
    expect(problemsOf(runOf(late("west", "a.west"), cloud), "send-ps").join()).toContain("later than the bound");
  });

  test("the same of our queue that they write to, and not of an API of ours that they call", () => {
    const told = late("east", "hub.east");
    expect(problemsOf(runOf(told, { ...cloud, driver: "sqs" }, "receive-ps"), "receive-ps")).toEqual([]);
    expect(problemsOf(runOf(told, cloud, "receive-ps"), "receive-ps").join()).toContain("later than the bound");
  });

  test("a bus has no order for who takes from it, and what we send has it by number", () => {
    const told = (taker: string): readonly Told[] => [
      ...given(1),
      ...given(2),
      [8, "effect", 2, `${taker}.east`],
      [9, "effect", 1, `${taker}.east`],
    ];
    const run = (taker: string, cell: string) => runOf(told(taker), { level: "cloud" }, cell);
    expect(problemsOf(run("hub", "receive-ps"), "receive-ps")).toEqual([]);
    expect(problemsOf(run("a", "send-ps"), "send-ps")).toEqual(["1 out of order"]);
  });
});
