// `npm run drill`: the cells of the matrix, live: stacks by the real engine, every fault really made, judged from outside.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { projectRoot } from "../../scripts/deploy/backend.ts";
import { Interrupts } from "../drills/interrupts.ts";
import { reasonOf } from "../drills/reason.ts";
import { show } from "../drills/steps.ts";
import { commitOf, evidenceOf, readEvidence, restated, writeEvidence } from "./evidence.ts";
import { type Isolation, isolations } from "./isolation.ts";
import { defaultBasePort } from "./local/place.ts";
import { byMode, type Plan, planOf } from "./plan.ts";
import type { Platform } from "./platform.ts";
import { openPlatform, type PlatformName, platformNames } from "./platforms.ts";
import { type Row, rowsOf, tableOf } from "./report.ts";
import { type DriverName, driverNames, rolesOf } from "./roles.ts";
import type { Finished } from "./run.ts";
import { Session } from "./session.ts";
import { variants } from "./variants.ts";

interface Options {
  readonly cells: string;
  readonly variants?: string;
  readonly json?: true;
  readonly evidence?: string;
  readonly restate?: string;
  readonly platform: PlatformName;
  readonly driver: DriverName;
  readonly basePort: number;
  readonly isolate?: Isolation;
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("an integer is needed");
  return value;
}

const command = new Command("npm run drill --")
  .description("Drills the cells of the same cloud on this machine: every variant, in both of our modes")
  .addOption(
    new Option("--platform <name>", "processes of this machine, or emulated regions of AWS")
      .choices(platformNames)
      .default("local"),
  )
  .addOption(
    new Option("--driver <name>", "what connects us with the partners; other than http on the platform aws alone")
      .choices(driverNames)
      .default("http"),
  )
  .option("--cells <filter>", "cells by id, for example send.*.*.active-active.ours", "all")
  .option("--variants <names>", `only these, separated by commas: ${Object.keys(variants).join(", ")}`)
  .option("--json", "print the rows as JSON on the last line of standard output")
  .option("--evidence <folder>", "write evidence of each run that holds there")
  .option(
    "--restate <folder>",
    "drill nothing: judge the evidence there again from its ledgers, and write its numbers anew",
  )
  .option("--base-port <integer>", "first of the ports", integer, defaultBasePort)
  .addOption(
    new Option("--isolate <how>", "how a region is cut off; default: namespace where it can be").choices(isolations),
  )
  .parse();
const options = command.opts<Options>();

const interrupts = new Interrupts();
const say = (text: string): void => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);
const plan = planOf(options.cells, options.variants?.split(",") ?? [], rolesOf(options.driver));
const folder = join(projectRoot, ".isthmus", "drills", new Date().toISOString().replaceAll(":", "-"));
const finished: Finished[] = [];

let failures = 0;
const failed = (error: unknown): void => {
  failures += 1;
  process.stderr.write(`${reasonOf(error)}\n`);
};
if (options.restate !== undefined) restate(options.restate);
else if (plan.turns.length === 0) failed(new Error(`no cell that is drilled here fits '${options.cells}'`));
else await whole().catch(failed);
interrupts.close();
process.exit(failures === 0 && finished.every(({ problems }) => problems.length === 0) ? 0 : 1);

async function whole(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { platform: name, driver, basePort, isolate } = options;
  const open = (): Promise<Platform> =>
    openPlatform(name, { driver, basePort, isolate, signal: interrupts.first, folder }, say);
  const platform = await open();
  if (platform.bearsBothModes) await session(platform, plan);
  else for (const part of byMode(plan)) await session(await open(), part);
  report();
}

async function session(platform: Platform, part: Plan): Promise<void> {
  const one = new Session({ platform, plan: part, folder, signal: interrupts.first });
  await drill(one, platform, part).catch(failed);
  // Not to be interrupted: what it would leave runs on.
  const never = new AbortController().signal;
  await show([{ title: "pulumi destroy", run: (tell) => one.close(tell) }], never).catch(failed);
}

async function drill(session: Session, platform: Platform, part: Plan): Promise<void> {
  const { first } = interrupts;
  await show([{ title: `pulumi up: ${part.modes.join(" and ")}`, run: (tell) => session.open(tell) }], first);
  for (const runs of part.turns) {
    const title = runs[0]?.variant ?? "";
    const run = async (tell: (line: string) => void): Promise<void> => {
      for (const one of await session.turn(runs, tell)) {
        finished.push(one);
        for (const problem of one.problems) say(`${one.run.mode} ${one.run.variant}: ${problem}`);
        if (options.evidence !== undefined && one.problems.length === 0) keep(one, platform, options.evidence);
      }
    };
    await show([{ title, run }], first);
  }
}

function restate(at: string): void {
  try {
    for (const { evidence, problems } of readEvidence(at).map(restated)) {
      writeEvidence(at, evidence);
      for (const problem of problems) failed(new Error(problem));
    }
  } catch (error) {
    failed(error);
  }
}

function keep({ run, cells, stalledMs }: Finished, { isolation, driver }: Platform, to: string): void {
  const where =
    options.platform === "local" ? `--isolate ${isolation}` : `--platform ${options.platform} --driver ${driver}`;
  const command = `npm run drill -- --cells ${options.cells} --variants ${run.variant} ${where}`;
  writeEvidence(to, evidenceOf(run, cells, { command, commit: commitOf(), stalledMs, isolation }));
}

function report(): void {
  const rows: readonly Row[] = finished.flatMap(rowsOf);
  if (rows.length > 0) say(tableOf(rows));
  const bad = finished.filter(({ problems }) => problems.length > 0);
  if (bad.length > 0)
    say(`${bad.length} of ${finished.length} runs broke a promise; ledgers, logs and states: ${folder}`);
  else if (failures === 0) rmSync(folder, { recursive: true });
  if (options.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
}
