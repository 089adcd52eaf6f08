import { expect, test } from "vitest";
import { select, variantsOf } from "../matrix/cells.ts";
import { runBatches } from "./batch-pool.ts";
import type { BatchResult } from "./cell-batch.ts";
import { runCell } from "./cell-run.ts";
import { cellSchedule } from "./cell-schedule.ts";
import { cellRegressions } from "./regressions.ts";

test("what a variant says happens in every cell, and no invariant breaks", async () => {
  const batches = select("all").flatMap((cell) =>
    variantsOf(cell).map((variant) => ({ cell: cell.id, variant, firstSeed: 1, schedules: 2 })),
  );
  const results: BatchResult[] = [];
  await runBatches(batches, (result) => results.push(result));
  expect(results).toHaveLength(batches.length);
  expect(results.flatMap(({ cell, variant, stories }) => stories.map(({ story }) => [cell, variant, story]))).toEqual(
    [],
  );
}, 120_000);

test.each(cellRegressions.map((one) => [one.story, one] as const))("%s", (_, { cell: id, variant, seed }) => {
  const [cell] = select(id);
  if (cell === undefined) throw new Error(`no cell ${id}`);
  expect(runCell(cell, variant, seed).violation).toBeNull();
});

test("a cell's schedule is the same for the same seed, and another for another cell", () => {
  const [east, west] = select("send.same-cloud,azure.active-active.active-active.link");
  if (east === undefined || west === undefined) throw new Error("no such cells");
  expect(cellSchedule(east, "all-links", 7)).toEqual(cellSchedule(east, "all-links", 7));
  expect(cellSchedule(east, "all-links", 7)).not.toEqual(cellSchedule(west, "all-links", 7));
});
