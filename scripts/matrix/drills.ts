// What drills recorded: every number is computed again from the ledgers that stand beside it.
import * as z from "zod";
import type { Level, Recorded } from "../../src/matrix/page/evidence.ts";
import { evidenceSchema, recompute, runOf } from "../../test/cells/evidence.ts";
import { problemsOf } from "../../test/cells/judge/judge.ts";

export interface Drilled {
  readonly level: Level;
  readonly rows: readonly Recorded[];
}

/**
 * @param path of the file, for messages
 * @throws an Error where a number that it states is not what its ledgers say
 */
export const parseDrill = (path: string, text: string): Drilled => {
  const read = evidenceSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`);
  const evidence = read.data;
  const computed = recompute(evidence);
  const run = runOf(evidence);
  const rows = Object.entries(evidence.cells).map(([cell, { name, drivers, numbers: stated }]) => {
    const numbers: Recorded["numbers"] = { ...computed[cell] };
    for (const [key, value] of Object.entries(stated)) {
      if (value === numbers[key]) continue;
      throw new Error(`${path}: ${cell}: ${key} is stated as ${value}, and its ledgers say ${numbers[key]}`);
    }
    return {
      cell,
      variant: evidence.variant,
      command: evidence.command,
      commit: evidence.commit,
      date: evidence.date.slice(0, 10),
      runs: 1,
      violations: problemsOf(run, name).length,
      drivers,
      numbers: { ...numbers, duplicates: numbers.wireDuplicates ?? 0 },
    };
  });
  return { level: evidence.level, rows };
};
