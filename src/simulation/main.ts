import { parseArgs } from "node:util";
import { select } from "../matrix/cells.ts";
import { simulateCells } from "./cells-command.ts";
import { regressions } from "./regressions.ts";
import { scheduleOf, worldOf } from "./schedule.ts";
import type { Shape } from "./schedule-model.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulation.ts";
import { type Violation, violationOf } from "./story.ts";

const usage = `npm run simulate -- [--schedules N] [--seed S] [--regions 2|3|4] [--store disk|dynamo] [--hub ordered|unordered] [--json]
npm run simulate -- --cells FILTER [--variant V] [--schedules N] [--seed S] [--evidence FOLDER] [--json]
  --schedules  how many schedules to run (default 1000, or 1 with --seed); with --cells per cell (default 20)
  --seed       the first seed; a printed seed runs the same schedule again
  --regions    of every schedule (default: two, sometimes three)
  --store      what regions keep their journals in: a disk each (default), or tables that replicate by themselves
  --hub        ordered (default), or without an order of its own: what is published is numbered, and one sender takes it
  --cells      cells of the matrix: 'all', or parts like 'send,poll.*.active-active', each a value, a list or *
  --variant    only this variant of the cells' disruptions
  --evidence   writes simulated.jsonl there, one line for each cell and variant
  --json       the last line is {"schedules": N, "violations": [{ seed, invariant, story }]}; of cells also their numbers`;

interface Options {
  readonly schedules: number;
  readonly seed: number | null;
  readonly regions: number | undefined;
  readonly store: Shape["store"];
  readonly hub: Shape["hub"];
  readonly json: boolean;
  readonly cells: string | null;
  readonly variant: string | null;
  readonly evidence: string | null;
}

class UsageError extends Error {}

const integer = (name: string, text: string): number => {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new UsageError(`--${name} takes an integer, not '${text}'`);
  return value;
};

/** A negative seed is a value and not an option. */
const joined = (args: readonly string[]): string[] => {
  const at = args.indexOf("--seed");
  const seed = args[at + 1];
  if (at < 0 || seed === undefined) return [...args];
  return [...args.slice(0, at), `--seed=${seed}`, ...args.slice(at + 2)];
};

const optionsOf = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: joined(args),
    options: {
      schedules: { type: "string" },
      seed: { type: "string" },
      regions: { type: "string" },
      store: { type: "string" },
      hub: { type: "string" },
      json: { type: "boolean", default: false },
      cells: { type: "string" },
      variant: { type: "string" },
      evidence: { type: "string" },
    },
  });
  const seed = values.seed === undefined ? null : integer("seed", values.seed);
  const { cells = null, variant = null, evidence = null } = values;
  const usual = cells === null ? 1_000 : 20;
  const schedules =
    values.schedules === undefined ? (seed === null ? usual : 1) : integer("schedules", values.schedules);
  if (schedules < 1) throw new UsageError("--schedules must be at least 1");
  const regions = values.regions === undefined ? undefined : integer("regions", values.regions);
  if (regions !== undefined && (regions < 2 || regions > 4)) throw new UsageError("--regions must be 2, 3 or 4");
  const { store = "disk" } = values;
  if (store !== "disk" && store !== "dynamo") throw new UsageError(`--store must be disk or dynamo, not '${store}'`);
  const { hub = "ordered" } = values;
  if (hub !== "ordered" && hub !== "unordered")
    throw new UsageError(`--hub must be ordered or unordered, not '${hub}'`);
  if (cells !== null && (store !== "disk" || hub !== "ordered"))
    throw new UsageError("--store and --hub go with random schedules, not with --cells");
  if (cells === null && (variant ?? evidence) !== null)
    throw new UsageError("--variant and --evidence go with --cells");
  if (cells !== null && select(cells).length === 0)
    throw new UsageError(`--cells ${cells}: no cell is called like this`);
  return { schedules, seed, regions, store, hub, json: values.json, cells, variant, evidence };
};

/** Seeds that once broke something come first, unless a seed was asked for. */
const seedsOf = ({ schedules, seed, store, hub }: Options): number[] => {
  const first = seed ?? 1;
  const fresh = Array.from({ length: schedules }, (_, index) => first + index);
  return seed === null
    ? [
        ...new Set([
          ...regressions
            .filter((one) => (one.store ?? "disk") === store && (one.hub ?? "ordered") === hub)
            .map((one) => one.seed),
          ...fresh,
        ]),
      ].slice(0, schedules)
    : fresh;
};

const investigate = (seed: number, { regions, ...world }: Options): Violation | null => {
  const run = simulate(scheduleOf(seed, regions, worldOf(world)));
  const [first] = run.findings;
  if (first === undefined) return null;
  const small = shrink(run.schedule, first.invariant, (schedule) =>
    simulate(schedule).findings.map(({ invariant }) => invariant),
  );
  return violationOf(seed, simulate(small)) ?? violationOf(seed, run);
};

const againOf = (seed: number, { regions, store, hub }: Options): string =>
  [
    `npm run simulate -- --seed ${seed}`,
    ...(regions === undefined ? [] : [`--regions ${regions}`]),
    ...(store === "disk" ? [] : [`--store ${store}`]),
    ...(hub === "ordered" ? [] : [`--hub ${hub}`]),
  ].join(" ");

const main = async (): Promise<number> => {
  const options = optionsOf(process.argv.slice(2));
  const { cells, variant, schedules, seed, json, evidence } = options;
  if (cells === null) return simulateRandom(options);
  return simulateCells({ filter: cells, variant, schedules, firstSeed: seed ?? 1, json, evidence });
};

const simulateRandom = (options: Options): number => {
  const seeds = seedsOf(options);
  const violations: Violation[] = [];
  const startedAt = performance.now();
  let ran = 0;
  let toldAt = startedAt;
  for (const seed of seeds) {
    const violation = investigate(seed, options);
    ran++;
    if (violation !== null) {
      violations.push(violation);
      process.stderr.write(`\nseed ${seed}: ${violation.story}\n  again: ${againOf(seed, options)}\n\n`);
    }
    if (performance.now() - toldAt < 2_000) continue;
    toldAt = performance.now();
    process.stderr.write(`${ran} of ${seeds.length} schedules, ${violations.length} violations\n`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const rate = Math.round(ran / seconds);
  process.stderr.write(
    `${ran} schedules in ${seconds.toFixed(1)} s (${rate} a second), ${violations.length} violations\n`,
  );
  if (options.json) process.stdout.write(`${JSON.stringify({ schedules: ran, violations })}\n`);
  return violations.length === 0 ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  if (!isUsage) throw error;
  process.stderr.write(`${error.message}\n${usage}\n`);
  process.exitCode = 2;
}
