import { expect, test } from "vitest";
import { planOf } from "./plan.ts";

test("all cells of the same cloud are drilled, each variant that they have, in both of our modes", () => {
  const plan = planOf("all");
  expect(plan.cells).toHaveLength(80);
  expect(plan.turns).toHaveLength(18);
  expect(plan.turns.every((runs) => runs.length === 2)).toBe(true);
});

test("a filter of one mode brings up that mode alone", () => {
  const plan = planOf("send.*.*.active-active.link");
  expect(plan.modes).toEqual(["active-active"]);
  expect(plan.turns.flat().map(({ variant }) => variant)).toEqual([
    "one-region-link",
    "all-links",
    "one-direction",
    "large-packets-lost",
  ]);
});

test("what no cell fits is nothing to do", () => {
  expect(planOf("send.on-prem").turns).toEqual([]);
});
