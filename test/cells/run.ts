// One variant in one of our modes: load, the faults, their end, and the wait until everything is as it was.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { numbersOf, problemsOf } from "./judge/judge.ts";
import type { FaultSpan, Run } from "./judge/run.ts";
import { Ledger } from "./ledger.ts";
import { Pulse } from "./pulse.ts";
import { rolesOf, theirNames } from "./roles.ts";
import { until } from "./status.ts";
import { type DrilledVariant, variants } from "./variants.ts";
import { lagMs, type World } from "./world.ts";

export interface RunOptions {
  readonly world: World;
  readonly variant: DrilledVariant;
  /** Names in the ledgers of the cells that are judged. */
  readonly cells: readonly string[];
  /** Where the ledger is written. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

export interface Finished {
  readonly run: Run;
  /** Names in the ledgers. */
  readonly cells: readonly string[];
  /** What broke a promise; empty: nothing. */
  readonly problems: readonly string[];
  /** Longest that the machine did not let the drill run, in milliseconds. */
  readonly stalledMs: number;
}

/** Load before a fault, and after everything is as it was. */
const calmMs = 4_000;

export async function runVariant(options: RunOptions): Promise<Finished> {
  const { world, variant, cells, folder, tell } = options;
  mkdirSync(folder, { recursive: true });
  const ledger = new Ledger(join(folder, "ledger.jsonl"));
  world.ledger = ledger;
  const running = new Running(options, ledger);
  const pulse = new Pulse();
  try {
    await running.drill();
    tell("waiting until everything is as it was");
    const unsettled = await running.settle();
    const run: Run = {
      level: world.level,
      driver: world.driver,
      variant,
      mode: world.mode,
      lines: ledger.lines,
      faults: running.faults,
    };
    const stalledMs = pulse.stop();
    const problems = [
      ...unsettled,
      ...cells.flatMap((cell) => problemsOf(run, cell).map((text) => `${cell}: ${text}`)),
    ];
    if (problems.length > 0) {
      // Messages are numbered from the seed on.
      const seed = Math.min(...ledger.lines.map(({ n }) => n));
      const told = { problems, seed, stalledMs, faults: running.faults, gateway: await world.status.describe() };
      writeFileSync(join(folder, "failure.json"), JSON.stringify(told, null, 2));
    }
    return { run, cells, problems, stalledMs };
  } finally {
    pulse.stop();
    world.stopLoad();
    world.ledger = null;
  }
}

class Running {
  readonly #options: RunOptions;
  readonly #ledger: Ledger;
  readonly #faults = new Map<object, FaultSpan>();

  constructor(options: RunOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
  }

  get faults(): readonly FaultSpan[] {
    return [...this.#faults.values()];
  }

  async drill(): Promise<void> {
    const { world, variant, signal, tell } = this.#options;
    world.startLoad();
    await wait(calmMs, undefined, { signal });
    for (const { do: action, fault, afterMs } of variants[variant]) {
      await wait(afterMs, undefined, { signal });
      tell(`${action} ${fault.on}`);
      if (action === "begin") {
        world.make(world.pace.burst);
        await wait(100, undefined, { signal });
        this.#faults.set(fault, { on: fault.on, from: this.#ledger.now(), to: Number.POSITIVE_INFINITY });
        await fault.begin(world);
      } else {
        await fault.end(world);
        const begun = this.#faults.get(fault);
        if (begun !== undefined) this.#faults.set(fault, { ...begun, to: this.#ledger.now() });
      }
    }
    if (this.#faults.size === 0) world.make(world.pace.burst);
    world.goHome();
    await wait(calmMs, undefined, { signal });
  }

  /** Waits until nothing is pending, everybody is at home and everything due is with its taker. @returns what is not */
  async settle(): Promise<readonly string[]> {
    const { world, signal } = this.#options;
    const { patienceMs, lookMs, underWay } = world.pace;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    try {
      await until(patience, () => world.status.converged(underWay), lookMs);
      world.make(world.pace.burst);
      await wait(calmMs, undefined, { signal: patience });
      world.stopLoad();
      await until(patience, () => world.isIdle);
      await until(patience, async () => this.#nothingMissing() && (await world.status.converged()), lookMs);
      // What the partner's sites replicate to each other is compared at the end.
      await wait(2 * lagMs, undefined, { signal: patience });
      return [];
    } catch (error) {
      signal.throwIfAborted();
      if (!patience.aborted) throw error;
      world.stopLoad();
      return [`not as it was after ${patienceMs} ms`];
    }
  }

  #nothingMissing(): boolean {
    const { world, variant } = this.#options;
    const run: Run = {
      level: world.level,
      driver: world.driver,
      variant,
      mode: world.mode,
      lines: this.#ledger.lines,
      faults: this.faults,
    };
    // All that stand in a world, asked for or not: none of them may hang.
    const cells = rolesOf(world.driver).flatMap((role) => theirNames.map((theirs) => `${role}-${theirs}`));
    return cells.every((cell) => {
      const { unanswered, lost } = numbersOf(run, cell);
      return unanswered === 0 && lost === 0;
    });
  }
}
