import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Outcome, outcomeNames, type SettlementRecord } from "./records.ts";
import { isUndone, type KnownSwitch, rulingSwitch, stateOf } from "./settlement.ts";

const settlement = (over: Partial<SettlementRecord> = {}): SettlementRecord => ({
  kind: "settlement",
  identity: "/p/c 1",
  round: 0,
  outcome: "delivered",
  site: "a",
  home: "a",
  siteSeq: 0,
  time: 1_000,
  reason: null,
  person: null,
  ...over,
});

const change = (over: Partial<KnownSwitch> = {}): KnownSwitch => ({
  kind: "switch",
  home: "a",
  from: "a",
  to: "b",
  notSettledSince: 900,
  seq: 1,
  reason: "down",
  journal: "east.1",
  ...over,
});

const anySettlement = fc.record({
  round: fc.integer({ min: 0, max: 3 }),
  outcome: fc.constantFrom<Outcome>(...outcomeNames),
  site: fc.constantFrom("a", "b", null),
  siteSeq: fc.integer({ min: 0, max: 3 }),
  time: fc.integer({ min: 0, max: 2_000 }),
});

describe("the state of an identity", () => {
  test("does not depend on the order in which records arrived", () => {
    fc.assert(
      fc.property(fc.array(anySettlement, { maxLength: 6 }), fc.integer({ min: 0, max: 3 }), (made, round) => {
        const settlements = made.map((each) => settlement(each));
        const forwards = stateOf(round, settlements, [change()]);
        const backwards = stateOf(round, [...settlements].reverse(), [change()]);
        const told = (state: typeof forwards) =>
          state.kind === "open" ? ["open", state.round] : [state.settlement.outcome, state.round];
        expect(told(backwards)).toEqual(told(forwards));
      }),
    );
  });

  test("a delivery outranks a fault that another region saw", () => {
    const state = stateOf(0, [settlement({ outcome: "faulted" }), settlement()], []);
    expect(state).toMatchObject({ kind: "settled", settlement: { outcome: "delivered" } });
  });

  test("a resubmission opens it whatever was known before", () => {
    expect(stateOf(1, [settlement()], [])).toEqual({ kind: "open", round: 1 });
  });

  test("a later round outranks the delivery of an earlier one", () => {
    const state = stateOf(1, [settlement(), settlement({ round: 1, outcome: "faulted" })], []);
    expect(state).toMatchObject({ kind: "settled", round: 1, settlement: { outcome: "faulted" } });
  });
});

describe("a delivery at a site that was left", () => {
  test("within the recovery point does not settle, whenever it becomes known", () => {
    expect(stateOf(0, [settlement({ time: 900 })], [change()])).toEqual({ kind: "open", round: 0 });
  });

  test("before the recovery point settles", () => {
    expect(isUndone(settlement({ time: 899 }), [change()])).toBe(false);
  });

  test("settles again when the site was returned to and delivered to under a later switch", () => {
    const switches = [change(), change({ from: "b", to: "a", seq: 2, notSettledSince: 1_500 })];
    expect(isUndone(settlement({ site: "a", siteSeq: 2, time: 1_600 }), switches)).toBe(false);
  });

  test("of another chain of an active-active partner settles", () => {
    expect(isUndone(settlement({ home: "b", site: "a", time: 5_000 }), [change()])).toBe(false);
  });

  test("a fault there still settles: they refused it, they did not lose it", () => {
    expect(isUndone(settlement({ outcome: "faulted", time: 5_000 }), [change()])).toBe(false);
  });
});

test("of two regions that switch at once the higher journal name rules, in both", () => {
  const east = change({ journal: "east.1", to: "b" });
  const west = change({ journal: "west.1", to: "c" });
  expect(rulingSwitch("a", [east, west])).toBe(west);
  expect(rulingSwitch("a", [west, east])).toBe(west);
});
