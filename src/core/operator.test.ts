import { describe, expect, test } from "vitest";
import { type DecisionResult, Operator } from "./operator.ts";
import type { Outcome } from "./records.ts";
import { entryOf, settlementOf, TestClock } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";

const decision = { person: "ops", reason: "checked" };
const connector = "orders";

/** One entry `a` that ended so; null: it is pending. */
const operating = (outcome: Outcome | null) => {
  const clock = new TestClock();
  const journal = new TestJournal("east");
  journal.put(connector, "east.1", entryOf("a"));
  if (outcome !== null) journal.put(connector, "east.1", settlementOf("a", { outcome }));
  const operator = new Operator(clock, journal, (...asked) => journal.write(...asked));
  const stateOf = (identity: string) => {
    let state: unknown;
    journal.report(connector, identity, (report) => {
      state = [report?.round, report?.outcome];
    });
    return state;
  };
  return { journal, operator, stateOf };
};

const resultsOf = (decide: (done: (results: DecisionResult[]) => void) => void): readonly string[] => {
  let kinds: readonly string[] = [];
  decide((results) => {
    kinds = results.map(({ kind }) => kind);
  });
  return kinds;
};

describe("a person", () => {
  test.each<Outcome>(["faulted", "unknown"])("resubmits what is %s: it is open in the next round", (outcome) => {
    const { operator, stateOf } = operating(outcome);
    expect(resultsOf((done) => operator.resubmit(connector, ["a"], decision, done))).toEqual(["done"]);
    expect(stateOf("a")).toEqual([1, null]);
  });

  test.each<Outcome | null>([null, "delivered", "discarded"])("cannot resubmit what is %s", (outcome) => {
    const { operator, journal } = operating(outcome);
    expect(resultsOf((done) => operator.resubmit(connector, ["a"], decision, done))).toEqual(["refused"]);
    expect(journal.all(connector, "resubmit")).toEqual([]);
  });

  test.each<Outcome | null>([null, "faulted", "unknown"])("discards what is %s for good", (outcome) => {
    const { operator, stateOf } = operating(outcome);
    expect(resultsOf((done) => operator.discard(connector, ["a"], decision, done))).toEqual(["done"]);
    expect(stateOf("a")).toEqual([0, "discarded"]);
  });

  test("cannot discard what was delivered", () => {
    const { operator, stateOf } = operating("delivered");
    expect(resultsOf((done) => operator.discard(connector, ["a"], decision, done))).toEqual(["refused"]);
    expect(stateOf("a")).toEqual([0, "delivered"]);
  });

  test("says that an unknown one was delivered, or has it sent again", () => {
    const delivered = operating("unknown");
    delivered.operator.settleUnknown(connector, ["a"], "delivered", decision, () => {});
    expect(delivered.stateOf("a")).toEqual([0, "delivered"]);
    const again = operating("unknown");
    again.operator.settleUnknown(connector, ["a"], "resend", decision, () => {});
    expect(again.stateOf("a")).toEqual([1, null]);
  });

  test("is named with the reason in the record of the decision", () => {
    const { operator, journal } = operating("faulted");
    operator.discard(connector, ["a"], decision, () => {});
    expect(journal.all(connector, "settlement").at(-1)).toMatchObject(decision);
  });

  test("is told one by one what could not be done; the others are", () => {
    const { operator } = operating("faulted");
    expect(resultsOf((done) => operator.resubmit(connector, ["none", "a", "a"], decision, done))).toEqual([
      "refused",
      "done",
      "refused",
    ]);
  });

  test("is told when the store refuses, and nothing is changed", () => {
    const { operator, journal, stateOf } = operating("faulted");
    journal.full = true;
    expect(resultsOf((done) => operator.discard(connector, ["a"], decision, done))).toEqual(["refused"]);
    expect(stateOf("a")).toEqual([0, "faulted"]);
  });
});
