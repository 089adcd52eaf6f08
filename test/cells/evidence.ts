// What a run leaves in docs/evidence: enough to compute every number again, and small.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { projectRoot } from "../../scripts/deploy/backend.ts";
import {
  type Cell,
  cellId,
  disruptions,
  topologies,
  type VariantName,
  variantsOf,
  variantTexts,
} from "../../src/matrix/cells.ts";
import { type Isolation, isolations } from "./isolation.ts";
import { type CellNumbers, numbersOf, problemsOf } from "./judge/judge.ts";
import type { Run } from "./judge/run.ts";
import { happenings, type Line } from "./ledger.ts";
import { type DrilledRole, type TheirName, topologyOf } from "./roles.ts";

const subjects = ["region", "peers", "site", "sites", "link", "links"] as const;
const numbers = z.record(z.string(), z.number().nullable());
const variantNames = Object.keys(variantTexts) as [VariantName, ...VariantName[]];

export const evidenceSchema = z.object({
  command: z.string(),
  commit: z.string(),
  date: z.iso.datetime(),
  /** Numbers of messages are relative to it. */
  seed: z.int(),
  /** `cloud`: against stacks in a cloud, or its emulation. */
  level: z.enum(["live", "cloud"]),
  mode: z.enum(topologies),
  variant: z.enum(variantNames),
  /** Longest that the machine did not let the drill run, in milliseconds. */
  stalledMs: z.number(),
  /** How a region was cut off from everything. Evidence that does not tell is of proxies. */
  isolation: z.enum(isolations).default("proxy"),
  faults: z.array(z.object({ on: z.enum(subjects), from: z.number(), to: z.number() })),
  cells: z.record(z.string(), z.object({ name: z.string(), drivers: z.array(z.string()), numbers })),
  /** What the numbers in `lines` stand for. */
  names: z.object({ cells: z.array(z.string()), happenings: z.array(z.enum(happenings)), places: z.array(z.string()) }),
  /** `[milliseconds since the line before, cell, what happened, message, key, place]`, of givers and takers alike. */
  lines: z.array(z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int()])),
});
export type Evidence = z.output<typeof evidenceSchema>;

export interface Origin {
  readonly command: string;
  readonly commit: string;
  /** @default 0 */
  readonly stalledMs?: number;
  /** @default proxy */
  readonly isolation?: Isolation;
}

export function evidenceOf(run: Run, cells: readonly string[], origin: Origin): Evidence {
  const seed = Math.min(...run.lines.map(({ n }) => n));
  const places = [...new Set(run.lines.map(({ place }) => place))].sort();
  let before = 0;
  const lines = run.lines.map(({ at, cell, what, n, key, place }): Evidence["lines"][number] => {
    const since = at - before;
    before = at;
    return [since, cells.indexOf(cell), happenings.indexOf(what), n - seed, key, places.indexOf(place)];
  });
  return {
    stalledMs: 0,
    isolation: "proxy",
    level: run.level,
    ...origin,
    date: new Date().toISOString(),
    seed,
    mode: run.mode,
    variant: run.variant,
    faults: [...run.faults],
    cells: Object.fromEntries(
      cells.map((name) => [idOf(name, run), { name, drivers: [run.driver], numbers: { ...numbersOf(run, name) } }]),
    ),
    names: { cells: [...cells], happenings: [...happenings], places },
    lines,
  };
}

/** The run that evidence tells of. */
export function runOf({ seed, level, mode, variant, faults, cells, names, lines: told }: Evidence): Run {
  const driver = driverOf(cells);
  let at = 0;
  const lines = told.map(([since, cell, what, n, key, place]): Line => {
    at += since;
    return {
      at,
      cell: names.cells[cell] ?? "",
      what: names.happenings[what] ?? "given",
      n: n + seed,
      key,
      place: names.places[place] ?? "",
    };
  });
  return { level, driver, variant, mode, faults, lines };
}

/** Every number of every cell, computed again from what evidence tells. */
export function recompute(evidence: Evidence): Readonly<Record<string, CellNumbers>> {
  const run = runOf(evidence);
  return Object.fromEntries(Object.entries(evidence.cells).map(([id, { name }]) => [id, numbersOf(run, name)]));
}

/** The same evidence with its numbers as the judge computes them now, and what breaks a promise by them. */
export function restated(evidence: Evidence): { readonly evidence: Evidence; readonly problems: readonly string[] } {
  const run = runOf(evidence);
  const cells = Object.entries(evidence.cells).map(
    ([id, cell]) => [id, { ...cell, numbers: { ...numbersOf(run, cell.name) } }] as const,
  );
  const problems = Object.entries(evidence.cells).flatMap(([id, { name }]) =>
    problemsOf(run, name).map((text) => `${id} ${evidence.variant}: ${text}`),
  );
  return { evidence: { ...evidence, cells: Object.fromEntries(cells) }, problems };
}

/** Every piece of evidence in a folder. @throws naming the file that is none */
export function readEvidence(folder: string): readonly Evidence[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const read = evidenceSchema.safeParse(JSON.parse(readFileSync(join(folder, name), "utf8")));
      if (!read.success) throw new Error(`${join(folder, name)}: ${z.prettifyError(read.error)}`);
      return read.data;
    });
}

/** @returns the path */
export function writeEvidence(folder: string, evidence: Evidence): string {
  mkdirSync(folder, { recursive: true });
  const driver = driverOf(evidence.cells);
  const suffix = driver === "http" ? "" : `.${driver}`;
  const file = join(folder, `${evidence.mode}.${evidence.variant}${suffix}.json`);
  const { lines, ...head } = evidence;
  const text = JSON.stringify(head, null, 1).replace(/\n\}$/, "");
  writeFileSync(file, `${text},\n "lines": [\n${lines.map((line) => JSON.stringify(line)).join(",\n")}\n]}\n`);
  return file;
}

/** All cells of a run have the same. */
const driverOf = (cells: Evidence["cells"]): string => Object.values(cells)[0]?.drivers[0] ?? "http";

/** The commit that the working tree stands on; `+` where files differ from it. */
export function commitOf(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: projectRoot, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+");
  } catch {
    return "unknown";
  }
}

/** The cell of the matrix that a connector of the drill stood in. */
export function idOf(name: string, { mode, variant }: Pick<Run, "mode" | "variant">): string {
  const [role, theirs] = name.split("-") as [DrilledRole, TheirName];
  return cellId({
    role,
    location: "same-cloud",
    theirTopology: topologyOf(theirs),
    ourTopology: mode,
    disruption: disruptionOf(variant),
  });
}

const disruptionOf = (variant: VariantName): Cell["disruption"] =>
  disruptions.find((disruption) => variantsOf({ disruption, location: "same-cloud" }).includes(variant)) ?? "none";
