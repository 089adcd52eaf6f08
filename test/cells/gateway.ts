// The gateway in one mode, as it was deployed: what a drill does to its processes, and what it asks of them.
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { Mode } from "../../connectors/platforms/mode.ts";
import { deploy, destroy, refresh, type StackOptions, type StackRequest } from "../../scripts/deploy/deploy.ts";
import { killRegion, loseDisk, restartRegion, signalRegion } from "../../scripts/deploy/local.ts";
import type { Engine } from "../../scripts/engine/engine.ts";
import { call, connectorsOf, countOf, type Endpoints, holdsDuty, readEndpoints } from "../drills/admin.ts";
import { engineIn, restartIn } from "./network/engine.ts";
import type { Namespaces } from "./network/namespaces.ts";
import { otherRegion, type RegionName, regionNames } from "./network/regions.ts";
import type { Place } from "./place.ts";

const stepMs = 100;
const status = z.looseObject({
  connectors: z.record(z.string(), z.looseObject({ sites: z.record(z.string(), z.string()) })),
});

export class CellGateway {
  readonly mode: Mode;
  readonly #place: Place;
  readonly #engine: Omit<StackOptions, "stacks">;
  readonly #namespaces: Namespaces | null;

  /** @param namespaces where the regions stand; null: beside the drill */
  constructor(mode: Mode, place: Place, engine: Omit<StackOptions, "stacks">, namespaces: Namespaces | null) {
    this.mode = mode;
    this.#place = place;
    this.#engine = engine;
    this.#namespaces = namespaces;
  }

  /** `pulumi up` of a region, where it stands. */
  async deploy(region: RegionName, config: StackRequest["config"]): Promise<void> {
    const stacks = [{ stack: this.#place.stack(this.mode, region), ...(config && { config }) }];
    await deploy({ ...this.#engine, engine: await this.#engineOf(region), stacks });
  }

  /** `pulumi destroy` of a region and of all that it still has; not to be interrupted. */
  async destroy(region: RegionName, onProgress: (line: string) => void): Promise<void> {
    const { signal: _, ...options } = this.#engine;
    const stacks = [{ stack: this.#place.stack(this.mode, region) }];
    const engine = await this.#engineOf(region);
    await destroy({ ...options, engine, onProgress, stacks, remove: true, discard: ["*"] });
  }

  kill(region: RegionName): Promise<unknown> {
    return killRegion(this.#process(region));
  }

  freeze(region: RegionName): Promise<void> {
    return signalRegion(this.#process(region), "SIGSTOP");
  }

  wake(region: RegionName): Promise<void> {
    return signalRegion(this.#process(region), "SIGCONT");
  }

  /** Starts a killed process as a supervisor does, on its state. */
  async restart(region: RegionName): Promise<void> {
    if (this.#namespaces === null) await restartRegion(this.#process(region));
    else await restartIn(this.#namespaces.of(region), join(this.#folder(), region));
  }

  /** `rm -r` of everything that a killed region had. */
  loseDisk(region: RegionName): Promise<void> {
    return loseDisk(this.#process(region));
  }

  /** `pulumi refresh` sees that the process is gone, `pulumi up` starts it. */
  async redeploy(region: RegionName): Promise<void> {
    const stacks = [{ stack: this.#place.stack(this.mode, region) }];
    const options = { ...this.#engine, engine: await this.#engineOf(region), stacks };
    await refresh(options);
    await deploy(options);
  }

  token(region: RegionName): string {
    return readFileSync(join(this.#folder(), region, "admin-token"), "utf8").trim();
  }

  /** Resolves when the other region holds the duties of this one. */
  async dutyMoved(region: RegionName, signal: AbortSignal): Promise<void> {
    await until(signal, () => this.#holds(otherRegion(region), region));
  }

  /** In primary-secondary the primary is home to the duties of both. */
  async dutiesHome(): Promise<boolean> {
    const home = (duty: RegionName): RegionName => (this.mode === "primary-secondary" ? regionNames[0] : duty);
    const held = await Promise.all(regionNames.map((duty) => this.#holds(home(duty), duty)));
    return held.every(Boolean);
  }

  /** Nothing pending in any region, duties home, and every chain of a partner at its home site. */
  async converged(): Promise<boolean> {
    return (await this.dutiesHome()) && (await this.pending()) === 0 && (await this.#sitesHome());
  }

  /** Entries that wait for their taker; null: a region does not tell. */
  async pending(): Promise<number | null> {
    let most = 0;
    for (const endpoint of Object.values(this.#endpoints().regions)) {
      const names = await connectorsOf(endpoint);
      const counts = await Promise.all(names.map((name) => countOf(endpoint, name, "pending")));
      if (names.length === 0 || counts.includes(null)) return null;
      most = Math.max(
        most,
        counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
      );
    }
    return most;
  }

  /** What each region says of itself, for whoever looks into a failure. */
  async describe(): Promise<unknown> {
    const { regions } = this.#endpoints();
    const told = await Promise.all(
      Object.entries(regions).map(async ([region, endpoint]) => [region, await call(endpoint, "GET", "/admin/status")]),
    );
    return Object.fromEntries(told);
  }

  /** Copies the logs of the processes to where they outlive their state. */
  keepLogs(folder: string): void {
    for (const region of regionNames) {
      const log = join(this.#folder(), region, "log", "gateway.log");
      if (existsSync(log)) copyFileSync(log, join(folder, `${this.mode}.${region}.log`));
    }
  }

  async #engineOf(region: RegionName): Promise<Engine> {
    if (this.#namespaces === null) return this.#engine.engine;
    return engineIn(this.#namespaces.of(region), this.#engine.engine, join(this.#place.home, "namespaces"));
  }

  async #sitesHome(): Promise<boolean> {
    for (const endpoint of Object.values(this.#endpoints().regions)) {
      const told = status.safeParse(await call(endpoint, "GET", "/admin/status"));
      if (!told.success) return false;
      const chains = Object.values(told.data.connectors).flatMap(({ sites }) => Object.entries(sites));
      if (chains.some(([home, site]) => home !== site)) return false;
    }
    return true;
  }

  async #holds(asked: RegionName, duty: RegionName): Promise<boolean> {
    const endpoint = this.#endpoints().regions[asked];
    return endpoint !== undefined && holdsDuty(endpoint, duty);
  }

  #endpoints(): Endpoints {
    return readEndpoints(join(this.#folder(), "endpoints.json"));
  }

  #folder(): string {
    return join(this.#place.home, `${this.#place.environment}.${this.mode}`);
  }

  #process(region: RegionName) {
    return { home: this.#place.home, environment: this.#place.environment, mode: this.mode, region };
  }
}

/** Looks until the condition holds. @throws the signal's reason. */
export async function until(signal: AbortSignal, condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    signal.throwIfAborted();
    await wait(stepMs);
  }
}
