import { expect, test } from "vitest";
import { Ledger, problemsOf } from "./ledger.ts";

const given = (ledger: Ledger, id: string, { disrupted = false, acknowledged = true } = {}): void => {
  ledger.giving(id, disrupted);
  if (acknowledged) ledger.acknowledged(id);
};
const taken = (ledger: Ledger, ...ids: readonly string[]): void => {
  for (const id of ids) ledger.taken.push({ id, region: "us-east-1", at: 0 });
};

test("what was acknowledged and taken once breaks no promise", () => {
  const ledger = new Ledger();
  given(ledger, "a");
  given(ledger, "refused", { acknowledged: false });
  given(ledger, "lapsed", { disrupted: true });
  taken(ledger, "a", "lapsed", "lapsed");
  expect(problemsOf(ledger.verdict)).toEqual([]);
  expect(ledger.verdict).toMatchObject({ acknowledged: 2, taken: 2, twiceByLapse: ["lapsed"] });
});

test("what is lost, invented or taken twice for nothing is told", () => {
  const ledger = new Ledger();
  given(ledger, "a");
  given(ledger, "b");
  taken(ledger, "b", "b", "c");
  expect(ledger.open).toEqual(["a"]);
  expect(problemsOf(ledger.verdict)).toEqual([
    "1 acknowledged and never taken: a",
    "1 taken and given by nobody: c",
    "1 taken twice though nothing was disrupted: b",
  ]);
});

test("what was not acknowledged and is taken all the same is not invented", () => {
  const ledger = new Ledger();
  given(ledger, "a", { acknowledged: false });
  taken(ledger, "a");
  expect(problemsOf(ledger.verdict)).toEqual([]);
});
