// Twelve cells of the matrix live, of the eighty that `npm run drill` does: a deployed gateway, really broken.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../scripts/deploy/backend.ts";
import { freeBasePort } from "../integration/clone.ts";
import { readEvidence, runOf } from "./evidence.ts";
import { type CellNumbers, numbersOf } from "./judge/judge.ts";
import type { Run } from "./judge/run.ts";
import { Place } from "./local/place.ts";
import { LocalPlatform } from "./local/platform.ts";
import { planOf } from "./plan.ts";
import { Session } from "./session.ts";

const MINUTES = 60_000;
const recorded = readEvidence(join(projectRoot, "docs", "evidence", "live"));
const plan = planOf("*.same-cloud.active-active.active-active.none,ours,theirs", ["undisturbed", "frozen", "one-site"]);
const folder = mkdtempSync(join(tmpdir(), "cells-"));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
let session: Session;

beforeAll(async () => {
  const signal = AbortSignal.timeout(10 * MINUTES);
  const place = new Place(await freeBasePort());
  // The engine is built here where a machine has none.
  const platform = await LocalPlatform.open({ place, isolation: "proxy", signal }, say);
  session = new Session({ platform, plan, folder, signal });
  await session.open(say);
}, 15 * MINUTES);
afterAll(async () => {
  await session.close(say);
  rmSync(folder, { recursive: true });
}, 5 * MINUTES);

/** What must be the same in every run of a cell, however fast the machine is. */
const promised = ({ lost, invented, duplicateEffects, strayed, unanswered }: CellNumbers) => ({
  lost,
  invented,
  duplicateEffects,
  strayed,
  unanswered,
});

/** The same of the run that the matrix shows. */
const promisedOf = (run: Run, name: string) => {
  const shown = recorded.find(({ mode, variant }) => mode === run.mode && variant === run.variant);
  return shown === undefined ? "not recorded" : promised(numbersOf(runOf(shown), name));
};

test("the choice is one of twelve cells", () => {
  expect(plan.cells).toHaveLength(12);
});

test.each(plan.turns.map((runs) => [runs[0]?.variant ?? "", runs] as const))(
  "%s: every role holds, judged from what giver and taker saw",
  { timeout: 3 * MINUTES },
  async (_, runs) => {
    const finished = await session.turn(runs, say);
    // How long things may take is for the drill: here the machine has other tests to run.
    const broken = (problems: readonly string[]) => problems.filter((text) => !text.includes("later than the bound"));
    const told = finished.map(({ run, cells, problems }) => ({
      variant: run.variant,
      cells,
      problems: broken(problems),
    }));
    expect(told).toEqual(
      runs.map(({ variant }) => ({
        variant,
        cells: ["receive-aa", "poll-aa", "send-aa", "feed-aa"],
        problems: [],
      })),
    );
    for (const { run, cells } of finished) {
      for (const name of cells) expect([name, promised(numbersOf(run, name))]).toEqual([name, promisedOf(run, name)]);
    }
  },
);
