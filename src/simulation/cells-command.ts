import { execFileSync } from "node:child_process";
import { type Cell, select, variantsOf } from "../matrix/cells.ts";
import { runBatches } from "./batch-pool.ts";
import type { Batch, BatchResult, Spread } from "./cell-batch.ts";
import { writeEvidence } from "./cell-evidence.ts";

export interface CellsOptions {
  /** As `select` of the matrix takes it. */
  readonly filter: string;
  /** null: all of each cell. */
  readonly variant: string | null;
  /** Per cell, shared by its variants. */
  readonly schedules: number;
  readonly firstSeed: number;
  readonly json: boolean;
  /** Folder for the evidence file; null: none is written. */
  readonly evidence: string | null;
}

/** Runs every variant of the chosen cells on all cores, and reports. @returns the exit code */
export const simulateCells = async (options: CellsOptions): Promise<number> => {
  const batches = select(options.filter).flatMap((cell) => batchesOf(cell, options));
  const progress = new Progress(batches);
  const results: BatchResult[] = [];
  await runBatches(batches, (result) => {
    results.push(result);
    progress.told(result);
  });
  const order = new Map(batches.map(({ cell, variant }, index) => [`${cell} ${variant}`, index]));
  const at = ({ cell, variant }: Batch): number => order.get(`${cell} ${variant}`) ?? 0;
  results.sort((a, b) => at(a) - at(b));
  process.stderr.write(`${table(results)}\n${progress.summary()}\n`);
  if (options.evidence !== null) {
    const file = writeEvidence(options.evidence, results, {
      command: commandOf(options),
      commit: commit(),
      date: new Date().toISOString().slice(0, 10),
    });
    process.stderr.write(`evidence in ${file}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(summaryOf(results))}\n`);
  return results.some(({ violations }) => violations > 0) ? 1 : 0;
};

const batchesOf = (cell: Cell, { variant: only, schedules, firstSeed }: CellsOptions): readonly Batch[] => {
  const variants = variantsOf(cell).filter((variant) => only === null || variant === only);
  const each = Math.ceil(schedules / variants.length);
  return variants.map((variant) => ({ cell: cell.id, variant, firstSeed, schedules: each }));
};

class Progress {
  readonly #batches: readonly Batch[];
  readonly #startedAt = performance.now();
  #toldAt = performance.now();
  #schedules = 0;
  #done = 0;
  #violations = 0;

  constructor(batches: readonly Batch[]) {
    this.#batches = batches;
  }

  told({ cell, variant, schedules, violations, stories }: BatchResult): void {
    this.#schedules += schedules;
    this.#violations += violations;
    this.#done++;
    for (const { seed, story } of stories) {
      const again = `npm run simulate -- --cells ${cell} --variant ${variant} --seed ${seed}`;
      process.stderr.write(`\n${cell} ${variant}, seed ${seed}: ${story}\n  again: ${again}\n\n`);
    }
    if (performance.now() - this.#toldAt < 2_000) return;
    this.#toldAt = performance.now();
    process.stderr.write(`${this.#done} of ${this.#batches.length} variants of cells, ${this.summary()}\n`);
  }

  summary(): string {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const rate = Math.round(this.#schedules / seconds);
    return `${this.#schedules} schedules in ${seconds.toFixed(1)} s (${rate} a second), ${this.#violations} violations`;
  }
}

const spread = (of: Spread | null): string => (of === null ? "-" : `${of.min}/${of.median}/${of.max}`);

/** One row per cell: the worst of its variants. Times in virtual milliseconds: min/median/max. */
const table = (results: readonly BatchResult[]): string => {
  const header = ["cell", "schedules", "violations", "duplicates", "takeover", "switch", "drain"];
  const rows = [...Map.groupBy(results, ({ cell }) => cell)].map(([cell, all]) => [
    cell,
    String(all.reduce((sum, { schedules }) => sum + schedules, 0)),
    String(all.reduce((sum, { violations }) => sum + violations, 0)),
    String(Math.max(...all.map(({ duplicatesMax }) => duplicatesMax))),
    ...(["takeoverMs", "switchMs", "drainMs"] as const).map((name) => spread(worst(all.map((one) => one[name])))),
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  return [header, ...rows]
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  "))
    .join("\n");
};

const worst = (all: readonly (Spread | null)[]): Spread | null =>
  all.reduce((one, other) => (other === null || (one !== null && one.max >= other.max) ? one : other), null);

const summaryOf = (results: readonly BatchResult[]) => ({
  schedules: results.reduce((sum, { schedules }) => sum + schedules, 0),
  cells: results.map(({ stories: _, ...result }) => result),
  violations: results.flatMap(({ cell, variant, stories }) => stories.map((one) => ({ cell, variant, ...one }))),
});

const commandOf = ({ filter, variant, schedules, firstSeed }: CellsOptions): string =>
  [
    `npm run simulate -- --cells ${filter}`,
    ...(variant === null ? [] : [`--variant ${variant}`]),
    `--schedules ${schedules}`,
    ...(firstSeed === 1 ? [] : [`--seed ${firstSeed}`]),
  ].join(" ");

const commit = (): string => execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
