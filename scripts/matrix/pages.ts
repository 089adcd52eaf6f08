// The pages of the matrix, from src/matrix and what was recorded.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cells } from "../../src/matrix/cells.ts";
import { evidenceOf, type Level, parseSimulated, type Records } from "../../src/matrix/page/evidence.ts";
import { matrixJson } from "../../src/matrix/page/json.ts";
import { matrixMarkdown } from "../../src/matrix/page/markdown.ts";
import { matrixSvg } from "../../src/matrix/page/picture.ts";
import { parseDrill } from "./drills.ts";

export const root = resolve(import.meta.dirname, "../..");

export interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Everything that was recorded in a folder. @throws an Error where a number is not what its ledgers say */
export const recordsIn = (folder: string): Records => {
  const simulated = join(folder, "simulated.jsonl");
  const drills = drillsIn(folder).map((path) => parseDrill(path, readFileSync(path, "utf8")));
  const at = (level: Level) => drills.filter((drill) => drill.level === level).flatMap(({ rows }) => rows);
  return {
    simulated: existsSync(simulated) ? parseSimulated(readFileSync(simulated, "utf8")) : [],
    live: at("live"),
    cloud: at("cloud"),
  };
};

const drillsIn = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  return files.sort().map((path) => join(folder, path));
};

export const pagesOf = (records: Records): readonly Page[] => {
  const evidence = new Map(cells.map((cell) => [cell.id, evidenceOf(cell, records)]));
  return [
    { path: "docs/matrix.md", text: matrixMarkdown(evidence) },
    { path: "docs/matrix.json", text: matrixJson(records) },
    { path: "docs/matrix.svg", text: matrixSvg(evidence) },
  ];
};
