// The gateway in one mode on this machine, as it was deployed: what a drill does to its processes, and what it asks of them.
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mode } from "../../../connectors/platforms/mode.ts";
import { deploy, destroy, refresh, type StackOptions, type StackRequest } from "../../../scripts/deploy/deploy.ts";
import { killRegion, loseDisk, restartRegion, signalRegion } from "../../../scripts/deploy/local.ts";
import type { Engine } from "../../../scripts/engine/engine.ts";
import { call, type Endpoints, readEndpoints } from "../../drills/admin.ts";
import { type RegionName, regionNames } from "../network/regions.ts";
import type { Gateway } from "../platform.ts";
import { engineIn, restartIn } from "./engine.ts";
import type { Namespaces } from "./namespaces.ts";
import type { Place } from "./place.ts";

export class LocalGateway implements Gateway {
  readonly #mode: Mode;
  readonly #place: Place;
  readonly #engine: Omit<StackOptions, "stacks">;
  readonly #namespaces: Namespaces | null;

  /** @param namespaces where the regions stand; null: beside the drill */
  constructor(mode: Mode, place: Place, engine: Omit<StackOptions, "stacks">, namespaces: Namespaces | null) {
    this.#mode = mode;
    this.#place = place;
    this.#engine = engine;
    this.#namespaces = namespaces;
  }

  /** `pulumi up` of a region, where it stands. */
  async deploy(region: RegionName, config: StackRequest["config"]): Promise<void> {
    const stacks = [{ stack: this.#place.stack(this.#mode, region), ...(config && { config }) }];
    await deploy({ ...this.#engine, engine: await this.#engineOf(region), stacks });
  }

  /** `pulumi destroy` of a region and of all that it still has; not to be interrupted. */
  async destroy(region: RegionName, onProgress: (line: string) => void): Promise<void> {
    const { signal: _, ...options } = this.#engine;
    const stacks = [{ stack: this.#place.stack(this.#mode, region) }];
    const engine = await this.#engineOf(region);
    await destroy({ ...options, engine, onProgress, stacks, remove: true, discard: ["*"] });
  }

  nameOf(region: RegionName): string {
    return region;
  }

  async kill(region: RegionName): Promise<void> {
    await killRegion(this.#process(region));
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
    const stacks = [{ stack: this.#place.stack(this.#mode, region) }];
    const options = { ...this.#engine, engine: await this.#engineOf(region), stacks };
    await refresh(options);
    await deploy(options);
  }

  token(region: RegionName): string {
    return readFileSync(join(this.#folder(), region, "admin-token"), "utf8").trim();
  }

  async ask(region: RegionName, path: string): Promise<unknown> {
    const endpoint = this.#endpoints().regions[region];
    return endpoint === undefined ? null : call(endpoint, "GET", path);
  }

  /** Copies the logs of the processes to where they outlive their state. */
  keepLogs(folder: string): void {
    for (const region of regionNames) {
      const log = join(this.#folder(), region, "log", "gateway.log");
      if (existsSync(log)) copyFileSync(log, join(folder, `${this.#mode}.${region}.log`));
    }
  }

  async #engineOf(region: RegionName): Promise<Engine> {
    if (this.#namespaces === null) return this.#engine.engine;
    return engineIn(this.#namespaces.of(region), this.#engine.engine, join(this.#place.home, "namespaces"));
  }

  #endpoints(): Endpoints {
    return readEndpoints(join(this.#folder(), "endpoints.json"));
  }

  #folder(): string {
    return join(this.#place.home, `${this.#place.environment}.${this.#mode}`);
  }

  #process(region: RegionName) {
    return { home: this.#place.home, environment: this.#place.environment, mode: this.#mode, region };
  }
}
