// The result of the drills for people and for programs.
import Table from "cli-table3";
import { idOf } from "./evidence.ts";
import { type CellNumbers, numbersOf, problemsOf } from "./judge/judge.ts";
import type { Finished } from "./run.ts";

export interface Row {
  readonly cell: string;
  readonly variant: string;
  readonly numbers: CellNumbers;
  readonly problems: readonly string[];
}

export const rowsOf = ({ run, cells }: Finished): readonly Row[] =>
  cells.map((name) => ({
    cell: idOf(name, run),
    variant: run.variant,
    numbers: numbersOf(run, name),
    problems: problemsOf(run, name),
  }));

export function tableOf(rows: readonly Row[]): string {
  const head = [
    "cell",
    "variant",
    "given",
    "lost",
    "wire dup",
    "effects",
    "order",
    "longest",
    "takeover",
    "switch",
    "drain",
    "",
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { cell, variant, numbers, problems } of rows) {
    table.push([
      cell.replace(".same-cloud", ""),
      variant,
      ...[numbers.given, numbers.lost].map(right),
      right(`${numbers.wireDuplicates}/${numbers.wireBound}`),
      ...[numbers.duplicateEffects, numbers.outOfOrder].map(right),
      ...[numbers.longestMs, numbers.takeoverMs, numbers.switchMs, numbers.drainMs].map((ms) => right(seconds(ms))),
      problems.length === 0 ? "holds" : problems.join("; "),
    ]);
  }
  return table.toString();
}

const right = (content: number | string) => ({ content: String(content), hAlign: "right" as const });
const seconds = (ms: number | null): string => (ms === null ? "-" : `${(ms / 1_000).toFixed(1)} s`);
