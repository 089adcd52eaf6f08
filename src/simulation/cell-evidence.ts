import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cells, variantsOf } from "../matrix/cells.ts";
import type { BatchResult } from "./cell-batch.ts";

/** How the results came about, so that anybody can have them again. */
export interface Origin {
  readonly command: string;
  readonly commit: string;
  /** Year, month and day. */
  readonly date: string;
}

/** One line of `simulated.jsonl`: what one variant of one cell stands on. */
export type EvidenceLine = Omit<BatchResult, "stories"> & Origin;

/**
 * Writes a line for each cell and variant that was run, in the order of the matrix; lines of others stay.
 *
 * @returns the file
 */
export const writeEvidence = (folder: string, results: readonly BatchResult[], origin: Origin): string => {
  const file = join(folder, "simulated.jsonl");
  const lines = new Map(readLines(file).map((line) => [keyOf(line), line]));
  for (const { stories: _, ...result } of results) lines.set(keyOf(result), { ...result, ...origin });
  const ordered = cells.flatMap((cell) =>
    variantsOf(cell).flatMap((variant) => lines.get(keyOf({ cell: cell.id, variant })) ?? []),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, ordered.map((line) => `${JSON.stringify(line)}\n`).join(""));
  renameSync(`${file}.new`, file);
  return file;
};

const keyOf = ({ cell, variant }: { readonly cell: string; readonly variant: string }): string => `${cell} ${variant}`;

const readLines = (file: string): readonly EvidenceLine[] => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EvidenceLine);
};
