// An environment's stacks are made a second time, drilled from outside, and destroyed whatever happens.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Command } from "commander";
import { loadEnvironment } from "../../infra/config/environment.ts";
import { Interrupted, Interrupts } from "../../test/drills/interrupts.ts";
import { reasonOf } from "../../test/drills/reason.ts";
import { projectRoot } from "../deploy/backend.ts";
import { realAccount } from "./account.ts";
import { emulatedAccount, givenRegions } from "./emulated.ts";
import { type ExitCode, exit } from "./exit.ts";
import { type Leftover, textOf } from "./leftovers.ts";
import { fileOf, planPreview } from "./plan.ts";
import { tableOf } from "./report.ts";
import { Run } from "./run.ts";

interface Options {
  readonly stack: string;
  readonly name: string;
  readonly emulated?: true;
  readonly destroy?: true;
  readonly json?: true;
}

const options = new Command("npm run preview:test --")
  .description(
    "Makes a preview of an environment (its global stack and all regions of one mode), drills it from outside, and destroys it: also after a failure or Ctrl-C",
  )
  .requiredOption("--stack <stack>", "a region's stack of the environment, for example aws.us-east-1.active-active")
  .option(
    "--name <name>",
    "the stacks are preview-<name>.*: small letters, digits, '-'",
    randomBytes(3).toString("hex"),
  )
  .option("--emulated", "in an account on this machine; so too where ISTHMUS_EMULATED_REGIONS says where it is")
  .option("--destroy", "drill nothing: destroy what an earlier run of this --name left")
  .option("--json", "print the result as JSON on the last line of standard output")
  .addHelpText(
    "after",
    "\nExit codes: 0 well, 1 hindered, 2 a promise was broken, 3 something is left, 130 interrupted.\nWhat it needs and costs in a real account: docs/preview-test.md.",
  )
  .parse()
  .opts<Options>();

const interrupts = new Interrupts();
const say = (text: string): void => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);
try {
  process.exitCode = await preview();
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = exit.hindered;
}
interrupts.close();
// Clients of the account keep connections.
process.exit();

async function preview(): Promise<ExitCode> {
  const file = fileOf(options.stack);
  const plan = planPreview(options.stack, options.name, await loadEnvironment(file));
  const isEmulated = options.emulated === true || givenRegions() !== null;
  const account = isEmulated ? await emulatedAccount(plan.everywhere) : realAccount();
  const home = join(projectRoot, ".isthmus", plan.environment);
  const run = new Run({ plan, account, file, home, signal: interrupts.first });
  let failure: unknown = null;
  try {
    say(`${plan.environment}: ${plan.mode} in ${plan.regions.join(" and ")}`);
    if (options.destroy !== true) await run.drill();
  } catch (error) {
    failure = error;
  }
  try {
    return report(run, failure, await end(run));
  } finally {
    await account.close();
  }
}

/** What is left; null: that is not known. */
async function end(run: Run): Promise<readonly Leftover[] | null> {
  await run.destroy().catch(tell);
  return run.leftovers().catch((error: unknown) => {
    tell(error);
    return null;
  });
}

function tell(error: unknown): void {
  process.stderr.write(`${reasonOf(error)}\n`);
}

function report(run: Run, failure: unknown, left: readonly Leftover[] | null): ExitCode {
  const { rows, times } = run;
  const isInterrupted = interrupts.first.aborted;
  if (failure !== null && !(failure instanceof Interrupted)) tell(failure);
  if (rows.length > 0) say(tableOf(rows, times));
  for (const { flow, problems } of rows) for (const problem of problems) say(`${flow}: ${problem}`);
  say(textOf(left, options));
  const code = codeOf(
    failure,
    isInterrupted,
    rows.some(({ problems }) => problems.length > 0),
    left,
  );
  if (options.json) {
    const reason = failure === null ? null : reasonOf(failure);
    process.stdout.write(`${JSON.stringify({ preview: options.name, code, reason, rows, times, left })}\n`);
  }
  return code;
}

function codeOf(
  failure: unknown,
  isInterrupted: boolean,
  isBroken: boolean,
  left: readonly Leftover[] | null,
): ExitCode {
  if (left === null || left.length > 0) return exit.left;
  if (isInterrupted) return exit.interrupted;
  if (failure !== null) return exit.hindered;
  return isBroken ? exit.broken : exit.well;
}
