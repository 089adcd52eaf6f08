// One session of the cell drills: what it brings up, the runs, and how it leaves nothing behind.
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { TopologyMode } from "../../src/matrix/cells.ts";
import { namesIn, type Plan, type PlannedRun } from "./plan.ts";
import type { Platform } from "./platform.ts";
import { type Finished, runVariant } from "./run.ts";
import { until } from "./status.ts";
import { World } from "./world.ts";

export interface SessionOptions {
  readonly platform: Platform;
  readonly plan: Plan;
  /** Where ledgers, logs and failures are left. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

type Tell = (line: string) => void;

/** How long new regions may take to get their leases. */
const actingMs = 60_000;
/** How long the first load, which nobody judges, may take to be with its takers, and what lies in their queues then. */
const arrivalMs = 120_000;
const restMs = 5_000;
/** A machine that lets nothing run for this long is too busy for the timings of a lease and a request. */
const standstillMs = 700;

export class Session {
  readonly #options: SessionOptions;
  readonly #worlds = new Map<TopologyMode, World>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Opens networks and partners, and brings the stacks up by the real engine. */
  async open(tell: Tell): Promise<void> {
    const { platform, plan, signal } = this.#options;
    for (const mode of plan.modes) this.#worlds.set(mode, await World.open(mode, platform));
    await platform.deploy(tell);
    tell("the regions get their leases");
    const patience = AbortSignal.any([signal, AbortSignal.timeout(actingMs)]);
    const worlds = [...this.#worlds.values()];
    for (const { status, pace } of worlds) await until(patience, () => status.dutiesHome(), pace.lookMs);
    for (const world of worlds) {
      world.run();
      if (world.pace.warmMs > 0) world.startLoad();
    }
    await wait(Math.max(...worlds.map(({ pace }) => pace.warmMs)), undefined, { signal });
    for (const world of worlds) world.stopLoad();
    // What nobody writes down is not to come in the first run.
    const arrival = AbortSignal.any([signal, AbortSignal.timeout(arrivalMs)]);
    for (const world of worlds.filter(({ pace }) => pace.warmMs > 0)) {
      await until(arrival, async () => world.isIdle && (await world.status.converged()), world.pace.lookMs);
      await wait(restMs, undefined, { signal });
    }
  }

  /**
   * One variant in all modes that it is wanted in, beside each other. Where the machine stood still, a run that broke a
   * promise says nothing and is done again.
   */
  turn(runs: readonly PlannedRun[], tell: Tell): Promise<readonly Finished[]> {
    return Promise.all(
      runs.map(async (run) => {
        const telling = (line: string): void => tell(runs.length > 1 ? `${run.mode}: ${line}` : line);
        for (let attempt = 1; ; attempt += 1) {
          const finished = await this.#run(run, attempt, telling);
          const { problems, stalledMs } = finished;
          if (problems.length === 0 || stalledMs < standstillMs || attempt === this.#options.platform.pace.attempts)
            return finished;
          telling(`the machine stood still for ${stalledMs} ms: once more, in spite of ${problems.join("; ")}`);
        }
      }),
    );
  }

  /** Destroys the stacks and what lies around them; also after an interrupt. */
  async close(tell: Tell): Promise<void> {
    const { platform, folder } = this.#options;
    for (const { gateway } of this.#worlds.values()) gateway.keepLogs(folder);
    try {
      await platform.destroy(tell);
    } finally {
      await Promise.all([...this.#worlds.values()].map((world) => world.close()));
    }
  }

  #run(run: PlannedRun, attempt: number, tell: Tell): Promise<Finished> {
    const { folder, signal, plan } = this.#options;
    return runVariant({
      world: this.#world(run.mode),
      variant: run.variant,
      cells: namesIn(plan, run),
      folder: join(folder, `${run.mode}.${run.variant}${attempt === 1 ? "" : `.${attempt}`}`),
      signal,
      tell,
    });
  }

  #world(mode: TopologyMode): World {
    const world = this.#worlds.get(mode);
    if (world === undefined) throw new Error(`nothing stands in mode ${mode}`);
    return world;
  }
}
