// One session of the cell drills: what it brings up, the runs, and how it leaves nothing behind.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Mode } from "../../connectors/platforms/mode.ts";
import { deploy, destroy, type StackOptions } from "../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../scripts/engine/engine.ts";
import type { TopologyMode } from "../../src/matrix/cells.ts";
import { until } from "./gateway.ts";
import type { Isolation } from "./isolation.ts";
import { type RegionName, regionNames } from "./network/regions.ts";
import type { Place } from "./place.ts";
import { namesIn, type Plan, type PlannedRun } from "./plan.ts";
import { type Finished, runVariant } from "./run.ts";
import { World } from "./world.ts";

export interface SessionOptions {
  readonly place: Place;
  readonly plan: Plan;
  /** How a region is cut off. @default proxy */
  readonly isolation?: Isolation;
  /** Where ledgers, logs and failures are left. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

type Tell = (line: string) => void;

/** How long new regions may take to get their leases. */
const actingMs = 60_000;
/** A machine that lets nothing run for this long is too busy for the timings of a lease and a request. */
const standstillMs = 700;
const mostAttempts = 3;

export class Session {
  readonly #options: SessionOptions;
  readonly #worlds = new Map<TopologyMode, World>();
  #engine: Omit<StackOptions, "stacks"> | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Opens networks and partners, and brings the stacks up by the real engine. */
  async open(tell: Tell): Promise<void> {
    const { place, plan, signal, isolation = "proxy" } = this.#options;
    const engine = await findOrGetEngine({ onProgress: tell });
    const options = { engine, home: place.home, onProgress: tell, signal };
    this.#engine = options;
    for (const mode of plan.modes) this.#worlds.set(mode, await World.open(mode, isolation, place, options));
    await deploy({ ...options, stacks: [place.global()] });
    await this.#eachRegion(({ gateway, network }, region) => gateway.deploy(region, place.region(region, network)));
    tell("the regions get their leases");
    const patience = AbortSignal.any([signal, AbortSignal.timeout(actingMs)]);
    const worlds = [...this.#worlds.values()];
    for (const { gateway } of worlds) await until(patience, () => gateway.dutiesHome());
    for (const world of worlds) world.run();
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
          if (problems.length === 0 || stalledMs < standstillMs || attempt === mostAttempts) return finished;
          telling(`the machine stood still for ${stalledMs} ms: once more, in spite of ${problems.join("; ")}`);
        }
      }),
    );
  }

  /** Destroys the stacks and what lies around them; also after an interrupt. */
  async close(tell: Tell): Promise<void> {
    const { place, folder } = this.#options;
    for (const { gateway } of this.#worlds.values()) gateway.keepLogs(folder);
    try {
      if (this.#engine !== null) {
        const { signal: _, ...engine } = this.#engine;
        await this.#eachRegion(({ gateway }, region) => gateway.destroy(region, tell));
        const stacks = [{ stack: place.global().stack }];
        await destroy({ ...engine, onProgress: tell, stacks, remove: true, discard: ["*"] });
      }
    } finally {
      await Promise.all([...this.#worlds.values()].map((world) => world.close()));
    }
    rmSync(place.home, { recursive: true, force: true });
  }

  /** All beside each other, and all to their end before the first failure is told. */
  async #eachRegion(work: (world: World, region: RegionName) => Promise<void>): Promise<void> {
    const all = [...this.#worlds.values()].flatMap((world) => regionNames.map((region) => work(world, region)));
    for (const result of await Promise.allSettled(all)) if (result.status === "rejected") throw result.reason;
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

  #world(mode: Mode): World {
    const world = this.#worlds.get(mode);
    if (world === undefined) throw new Error(`nothing stands in mode ${mode}`);
    return world;
  }
}
