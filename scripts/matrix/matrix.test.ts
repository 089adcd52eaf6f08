import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Cell, select, variantsOf } from "../../src/matrix/cells.ts";
import { evidenceOf, parseSimulated, type Recorded, type Records } from "../../src/matrix/page/evidence.ts";
import { evidenceOf as drillEvidence } from "../../test/cells/evidence.ts";
import type { Line } from "../../test/cells/ledger.ts";
import { parseDrill } from "./drills.ts";
import { pagesOf, recordsIn, root } from "./pages.ts";

const [cell] = select("send.same-cloud.primary-secondary.active-active.ours") as [Cell];
const simulated = (variant: string, over: object = {}): string =>
  JSON.stringify({
    cell: cell.id,
    variant,
    command: "npm run simulate",
    commit: "0123456",
    firstSeed: 1,
    schedules: 100,
    violations: 0,
    duplicatesMax: 2,
    takeoverMs: { min: 1, median: 2, max: 3 },
    switchMs: null,
    drainMs: null,
    ...over,
  });
const recorded = (lines: readonly string[]): Records => ({
  simulated: parseSimulated(lines.join("\n")),
  live: [],
  cloud: [],
});
const variants = variantsOf(cell);

describe("a level", () => {
  test("is there where every variant has it, with the worst of their numbers", () => {
    const lines = variants.map((variant, at) => simulated(variant, { duplicatesMax: at }));
    expect(evidenceOf(cell, recorded(lines)).simulated).toMatchObject({
      runs: 100 * variants.length,
      numbers: { duplicates: variants.length - 1, takeoverMs: 3, switchMs: null },
    });
  });

  test("is not there where one variant lacks it", () => {
    const lines = variants.slice(1).map((variant) => simulated(variant));
    expect(evidenceOf(cell, recorded(lines))).toEqual({});
  });

  test("is not there where one variant broke a promise", () => {
    const lines = variants.map((variant, at) => simulated(variant, { violations: at === 2 ? 1 : 0 }));
    expect(evidenceOf(cell, recorded(lines))).toEqual({});
  });

  test("of real processes needs every driver that is built", () => {
    const of = (drivers: readonly string[]): Records => {
      const live = variants.map((variant) => ({ ...recorded([simulated(variant)]).simulated[0], runs: 1, drivers }));
      return { simulated: [], live: live as Recorded[], cloud: [] };
    };
    expect(Object.keys(evidenceOf(cell, of(["http"])))).toEqual(["live"]);
    expect(evidenceOf(cell, of([]))).toEqual({});
  });

  test("is refused for a line that names no cell, and the line is named", () => {
    expect(() => parseSimulated(`${simulated("killed")}\n${simulated("killed", { cell: "send.moon" })}`)).toThrow(
      /line 2.*no cell/,
    );
  });
});

describe("what a drill recorded", () => {
  const line = (at: number, what: Line["what"], n: number, place: string): Line => ({
    at,
    cell: "send-ps",
    what,
    n,
    key: 1,
    place,
  });
  const evidence = () =>
    drillEvidence(
      {
        level: "live",
        driver: "http",
        variant: "undisturbed",
        mode: "active-active",
        faults: [],
        lines: [line(0, "given", 1, "east"), line(5, "acknowledged", 1, "east"), line(20, "effect", 1, "a/east")],
      },
      ["send-ps"],
      { command: "npm run drill", commit: "0123456" },
    );

  test("counts with the numbers that its ledgers say", () => {
    const { level, rows } = parseDrill("run.json", JSON.stringify(evidence()));
    const [row] = rows;
    expect(level).toBe("live");
    expect(row).toMatchObject({ cell: "send.same-cloud.primary-secondary.active-active.none", runs: 1 });
    expect(row?.numbers).toMatchObject({ given: 1, duplicates: 0 });
  });

  test("counts at the level that it was run at, and at no other", () => {
    const folder = mkdtempSync(join(tmpdir(), "matrix-"));
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...evidence(), level: "cloud" }));
    const { live, cloud } = recordsIn(folder);
    rmSync(folder, { recursive: true });
    expect(live).toEqual([]);
    expect(cloud.map(({ variant }) => variant)).toEqual(["undisturbed"]);
  });

  test("is refused where a number was changed by hand, and the number is named", () => {
    const told = evidence();
    const id = Object.keys(told.cells)[0] ?? "";
    const of = told.cells[id];
    if (of === undefined) throw new Error("no cell");
    const changed = { ...told, cells: { [id]: { ...of, numbers: { ...of.numbers, given: 2 } } } };
    expect(() => parseDrill("run.json", JSON.stringify(changed))).toThrow(
      "given is stated as 2, and its ledgers say 1",
    );
  });
});

test("the pages are what the matrix and its evidence say", () => {
  for (const { path, text } of pagesOf(recordsIn(join(root, "docs/evidence")))) {
    expect(readFileSync(join(root, path), "utf8") === text, `${path}: npm run matrix`).toBe(true);
  }
});
