/** What was recorded of the matrix, and what a cell can claim by it. */
import * as z from "zod";
import { builtDrivers, sameCloudDrivers } from "../../define/drivers.ts";
import { type Cell, cells, type VariantName, variantsOf, variantTexts } from "../cells.ts";

const variantNames = Object.keys(variantTexts) as [VariantName, ...VariantName[]];
const count = z.int().min(0);
const spread = z.object({ min: z.number(), median: z.number(), max: z.number() }).nullable();

/** A line of docs/evidence/simulated.jsonl, as the simulation writes it. Times in virtual milliseconds. */
const simulatedRow = z.object({
  cell: z.string().refine((id) => cells.some((cell) => cell.id === id), { error: "is no cell of the matrix" }),
  variant: z.enum(variantNames),
  command: z.string().min(1),
  /** Of this repository. */
  commit: z.string().min(1),
  date: z.string().optional(),
  firstSeed: z.int(),
  schedules: z.int().positive(),
  violations: count,
  duplicatesMax: count,
  takeoverMs: spread,
  switchMs: spread,
  drainMs: spread,
});

/** Counts, and milliseconds; null where nothing of the kind was to happen. */
export type Numbers = Readonly<Record<string, number | null>>;

/** What one command found of one cell and variant. */
export interface Recorded {
  readonly cell: string;
  readonly variant: VariantName;
  readonly command: string;
  readonly commit: string;
  readonly date?: string;
  /** Schedules, or drills. */
  readonly runs: number;
  readonly violations: number;
  /** Empty: the core alone, in a world that is made. */
  readonly drivers: readonly string[];
  /** Those that every level has: `duplicates`, `takeoverMs`, `switchMs`, `drainMs`. */
  readonly numbers: Numbers;
}

export const levels = ["simulated", "live", "cloud"] as const;
export type Level = (typeof levels)[number];
export type Records = Readonly<Record<Level, readonly Recorded[]>>;

/** @param text one JSON object a line. @throws an Error that names the line and the field */
export const parseSimulated = (text: string): readonly Recorded[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, at) => {
      const row = simulatedRow.safeParse(JSON.parse(line));
      if (!row.success) throw new Error(`line ${at + 1}: ${z.prettifyError(row.error)}`);
      const {
        schedules: runs,
        firstSeed: _,
        duplicatesMax: duplicates,
        takeoverMs,
        switchMs,
        drainMs,
        date,
        ...rest
      } = row.data;
      const numbers = { duplicates, ...worstOf({ takeoverMs, switchMs, drainMs }) };
      return { ...rest, ...(date !== undefined && { date }), runs, drivers: [], numbers };
    });

const worstOf = (spreads: Readonly<Record<string, z.output<typeof spread>>>): Numbers =>
  Object.fromEntries(Object.entries(spreads).map(([name, of]) => [name, of?.max ?? null]));

/** The worst of a cell's variants. */
export interface Evidence {
  readonly variants: readonly VariantName[];
  readonly drivers: readonly string[];
  readonly runs: number;
  readonly numbers: Numbers;
  readonly commands: readonly string[];
  readonly commits: readonly string[];
  readonly dates: readonly string[];
}

export type CellEvidence = { readonly [L in Level]?: Evidence };

/**
 * What a cell can claim: a level only where every variant was run at it, live and in the cloud on every driver that is
 * built, and none showed a violation.
 */
export const evidenceOf = (cell: Cell, records: Records): CellEvidence => {
  const claimed = levels.map((level) => [level, claim(cell, records[level], driversOf(cell, level))] as const);
  return Object.fromEntries(claimed.filter(([, evidence]) => evidence !== null));
};

/** That are built and can be run there. */
const driversOf = ({ role, location }: Cell, level: Level): readonly string[] => {
  if (level === "simulated") return [];
  const built = Object.keys(builtDrivers).filter((driver) => builtDrivers[driver]?.includes(role));
  const hasAll = level === "cloud" && location === "same-cloud";
  return built.filter((driver) => hasAll || !sameCloudDrivers.includes(driver));
};

const claim = (cell: Cell, rows: readonly Recorded[], needed: readonly string[]): Evidence | null => {
  const own = rows.filter((row) => row.cell === cell.id);
  const variants = variantsOf(cell);
  const isWhole = variants.every((variant) => {
    const runs = own.filter((row) => row.variant === variant);
    return runs.length > 0 && needed.every((driver) => runs.some(({ drivers }) => drivers.includes(driver)));
  });
  if (!isWhole || own.some(({ violations }) => violations > 0)) return null;
  return {
    variants,
    drivers: needed,
    runs: own.reduce((sum, { runs }) => sum + runs, 0),
    numbers: worstNumbers(own.map(({ numbers }) => numbers)),
    commands: distinct(own.map(({ command }) => command)),
    commits: distinct(own.map(({ commit }) => commit)),
    dates: distinct(own.flatMap(({ date }) => date ?? [])),
  };
};

/** Of each number the highest. */
export const worstNumbers = (all: readonly Numbers[]): Numbers => {
  const names = [...new Set(all.flatMap((numbers) => Object.keys(numbers)))];
  return Object.fromEntries(
    names.map((name) => {
      const values = all.flatMap((numbers) => numbers[name] ?? []);
      return [name, values.length === 0 ? null : Math.max(...values)];
    }),
  );
};

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
