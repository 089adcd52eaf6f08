import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { evidenceOf, evidenceSchema, recompute, runOf, writeEvidence } from "./evidence.ts";
import type { Run } from "./judge/run.ts";
import { happenings, type Line } from "./ledger.ts";

const cells = ["send-ps", "feed-aa"];
const line = fc.record({
  at: fc.nat(60_000),
  cell: fc.constantFrom(...cells),
  what: fc.constantFrom(...happenings),
  n: fc.integer({ min: 1_000, max: 1_020 }),
  key: fc.nat(3),
  place: fc.constantFrom("east", "a", "a.east", "b.west"),
});
const runs = fc.array(line, { minLength: 1, maxLength: 60 }).map(
  (lines): Run => ({
    level: "live",
    driver: "http",
    variant: "killed",
    mode: "active-active",
    lines: lines.sort((one, other) => one.at - other.at) satisfies Line[],
    faults: [{ on: "region", from: 4_000, to: 19_000 }],
  }),
);

test("every number can be computed again from the evidence alone", () => {
  fc.assert(
    fc.property(runs, (run) => {
      const evidence = evidenceOf(run, cells, { command: "npm run drill", commit: "c", stalledMs: 3 });
      expect(runOf(evidence)).toEqual(run);
      const kept = Object.fromEntries(Object.entries(evidence.cells).map(([id, { numbers }]) => [id, numbers]));
      expect(recompute(evidence)).toEqual(kept);
    }),
  );
});

test("evidence names its cells as the matrix does, and is read back as it was written", () => {
  const folder = mkdtempSync(join(tmpdir(), "evidence-"));
  try {
    const run: Run = {
      level: "cloud",
      driver: "http",
      variant: "killed",
      mode: "primary-secondary",
      lines: [sent],
      faults: [],
    };
    const evidence = evidenceOf(run, cells, { command: "npm run drill", commit: "c", stalledMs: 3 });
    expect(Object.keys(evidence.cells)).toEqual([
      "send.same-cloud.primary-secondary.primary-secondary.ours",
      "feed.same-cloud.active-active.primary-secondary.ours",
    ]);
    const read = evidenceSchema.parse(JSON.parse(readFileSync(writeEvidence(folder, evidence), "utf8")));
    expect(read).toEqual(evidence);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const sent: Line = { at: 1, cell: "send-ps", what: "given", n: 7, key: 0, place: "east" };
