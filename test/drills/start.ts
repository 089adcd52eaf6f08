// `npm start`: two regions and a partner on this machine, real payloads, a killed region, a dead primary, a ledger.
import { Command, InvalidArgumentError } from "commander";
import { Interrupts } from "./interrupts.ts";
import { placeAt } from "./place.ts";
import { reasonOf } from "./reason.ts";
import { Session } from "./session.ts";
import { show } from "./steps.ts";
import { passed, tableOf } from "./table.ts";

export interface StartOptions {
  readonly once?: true;
  readonly json?: true;
  readonly keep?: true;
  readonly seed: number;
  readonly basePort?: number;
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("an integer is needed");
  return value;
}

const options = new Command("npm start --")
  .description("Deploys two regions and a partner on this machine, breaks them, and shows what arrived")
  .option("--once", "end after the drill instead of staying up")
  .option("--json", "print the table as JSON on the last line of standard output")
  .option("--keep", "with --once: leave the stacks up; the partner ends")
  .option("--seed <integer>", "identities of the deliveries depend on it", integer, Date.now())
  .option(
    "--base-port <integer>",
    "deploy beside what already runs: a preview environment with ports from here",
    integer,
  )
  .parse()
  .opts<StartOptions>();

const interrupts = new Interrupts();
const session = new Session(placeAt(options.basePort ?? null), options.seed, interrupts);
const say = (text: string): void => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);

let failures = 0;
const failed = (error: unknown): void => {
  failures += 1;
  process.stderr.write(`${reasonOf(error)}\n`);
};
const passes = await main().catch(failed);
await end().catch(failed);
process.exitCode = passes === true && failures === 0 ? 0 : 1;
interrupts.close();

async function main(): Promise<boolean> {
  await show(session.setup(), interrupts.first);
  await show(session.drill(), interrupts.first);
  const verdict = session.verdict();
  say(tableOf(verdict));
  if (options.json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  if (options.once !== true) {
    await session.stayUp(say);
    await interrupts.firstCame;
  }
  return passed(verdict);
}

async function end(): Promise<void> {
  if (options.keep === true && options.once === true) await session.keep(say);
  else await session.end(say);
}
