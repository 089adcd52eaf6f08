import { cells, type VariantName } from "../matrix/cells.ts";
import type { CellNumbers } from "./cell-numbers.ts";
import { runCell } from "./cell-run.ts";
import type { Violation } from "./story.ts";

/** Seeds of one variant of one cell. */
export interface Batch {
  readonly cell: string;
  readonly variant: VariantName;
  readonly firstSeed: number;
  readonly schedules: number;
}

/** Virtual milliseconds, of those runs in which there was anything to measure. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface BatchResult extends Batch {
  readonly violations: number;
  /** Most takings beyond the first, of all identities of one run. */
  readonly duplicatesMax: number;
  readonly takeoverMs: Spread | null;
  readonly switchMs: Spread | null;
  readonly drainMs: Spread | null;
  /** The first few. */
  readonly stories: readonly Violation[];
}

const storiesAtMost = 3;

export const runBatch = (batch: Batch): BatchResult => {
  const cell = cells.find(({ id }) => id === batch.cell);
  if (cell === undefined) throw new Error(`no cell '${batch.cell}'`);
  const stories: Violation[] = [];
  const numbers: CellNumbers[] = [];
  let violations = 0;
  for (let seed = batch.firstSeed; seed < batch.firstSeed + batch.schedules; seed++) {
    const run = runCell(cell, batch.variant, seed);
    numbers.push(run.numbers);
    if (run.violation === null) continue;
    violations++;
    if (stories.length < storiesAtMost) stories.push(run.violation);
  }
  return {
    ...batch,
    violations,
    duplicatesMax: Math.max(0, ...numbers.map(({ duplicates }) => duplicates)),
    takeoverMs: spreadOf(numbers.map(({ takeoverMs }) => takeoverMs)),
    switchMs: spreadOf(numbers.map(({ switchMs }) => switchMs)),
    drainMs: spreadOf(numbers.map(({ drainMs }) => drainMs)),
    stories,
  };
};

const spreadOf = (all: readonly (number | null)[]): Spread | null => {
  const values = all.filter((value) => value !== null).sort((a, b) => a - b);
  const [min] = values;
  if (min === undefined) return null;
  const at = (share: number): number => Math.round(values[Math.floor(share * (values.length - 1))] ?? min);
  return { min: Math.round(min), median: at(0.5), max: at(1) };
};
