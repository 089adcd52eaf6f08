import { expect, test } from "vitest";
import { cells, select, variantsOf } from "./cells.ts";

test("there are 320 cells, each with an id of its own and at least one variant", () => {
  expect(cells).toHaveLength(320);
  expect(new Set(cells.map(({ id }) => id)).size).toBe(320);
  expect(cells.filter((cell) => variantsOf(cell).length === 0)).toEqual([]);
});

test("only a partner on premises has tunnels", () => {
  const tunnelled = cells.filter((cell) => variantsOf(cell).includes("one-tunnel"));
  expect(new Set(tunnelled.map(({ location }) => location))).toEqual(new Set(["on-prem"]));
  expect(tunnelled).toHaveLength(16);
});

test("a filter names parts from the left, with lists and wildcards", () => {
  expect(select("all")).toHaveLength(320);
  expect(select("*.same-cloud")).toHaveLength(80);
  expect(select("send,poll.same-cloud.*.active-active.link").map(({ id }) => id)).toEqual([
    "poll.same-cloud.primary-secondary.active-active.link",
    "poll.same-cloud.active-active.active-active.link",
    "send.same-cloud.primary-secondary.active-active.link",
    "send.same-cloud.active-active.active-active.link",
  ]);
  expect(select("nothing")).toEqual([]);
});
