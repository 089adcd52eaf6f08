// The gateway that `npm start` drills: deployed by the real engine, as a user would, killed as a machine would be.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { deploy, destroy, refresh, type StackOptions, type StackRequest } from "../../scripts/deploy/deploy.ts";
import { killRegion } from "../../scripts/deploy/local.ts";
import { call, connectorsOf, countOf, type Endpoints, holdsDuty, readEndpoints } from "./admin.ts";
import type { Gateway } from "./gateway.ts";
import { mode, type Place, regions, stackOf, stacksOf } from "./place.ts";

/** The connector that the giver's messages enter by. */
export const entrance = "github-pushes";
const outputs = z.object({ url: z.url(), endpoints: z.record(z.string(), z.url()) });

export interface DeployedOptions extends Omit<StackOptions, "stacks" | "home"> {
  readonly place: Place;
  readonly secrets: Readonly<Record<string, string>>;
}

export class DeployedGateway implements Gateway {
  readonly #place: Place;
  readonly #options: Omit<StackOptions, "stacks">;
  readonly #stacks: readonly StackRequest[];
  #engineAtWork: Promise<unknown> = Promise.resolve();
  #urls: Readonly<Record<string, z.output<typeof outputs>>> = {};

  constructor({ place, secrets, ...options }: DeployedOptions) {
    this.#place = place;
    this.#options = { ...options, home: place.home };
    const { config } = place;
    this.#stacks = stacksOf(place).map((stack, index) => (index === 0 ? { stack, config, secrets } : { stack }));
  }

  /** `pulumi up` for the global stack and both regions. */
  async deploy(): Promise<void> {
    const deployed = await this.#alone(() => deploy({ ...this.#options, stacks: this.#stacks }));
    this.#urls = Object.fromEntries(
      regions.map((region) => [region, outputs.parse(deployed[stackOf(this.#place, region)])]),
    );
  }

  get endpoints(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(this.#urls).map(([region, { endpoints }]) => [region, endpoints[entrance] ?? ""]),
    );
  }

  /** Where each region listens for partners and publishers. */
  get urls(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.#urls).map(([region, { url }]) => [region, url]));
  }

  /** Resolves when every region holds its own duties: new ones wait for one lease's time before they ask. */
  async acting(signal: AbortSignal): Promise<void> {
    for (const [region, endpoint] of Object.entries(this.#endpoints().regions)) {
      while (!signal.aborted && !(await holdsDuty(endpoint, region))) await wait(100);
    }
  }

  async kill(region: string): Promise<void> {
    const killed = await killRegion({ ...this.#place, mode, region });
    if (killed === null) throw new Error(`region ${region} was not running`);
  }

  async dutyMoved(region: string, signal: AbortSignal): Promise<void> {
    const { [region]: _, ...others } = this.#endpoints().regions;
    const survivors = Object.values(others);
    while (!signal.aborted) {
      for (const endpoint of survivors) if (await holdsDuty(endpoint, region)) return;
      await wait(100);
    }
  }

  async restart(region: string): Promise<void> {
    await this.#alone(() => bringBack(this.#place, region, this.#options));
  }

  /** Brings back the regions that do not answer, so that they can be drained; an interrupt does not stop it. */
  async revive(): Promise<void> {
    const { signal: _, ...options } = this.#options;
    for (const [region, endpoint] of Object.entries(this.#endpoints().regions)) {
      await this.#alone(async () => {
        if ((await call(endpoint, "GET", "/admin/info")) === null) await bringBack(this.#place, region, options);
      });
    }
  }

  async settled(timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    while ((await this.pending()) !== 0 && Date.now() < until && this.#options.signal?.aborted !== true)
      await wait(200);
  }

  /** Entries that wait for their taker; every region knows of all that it could read. Null = a region does not tell. */
  async pending(): Promise<number | null> {
    const most = new Map<string, number>();
    for (const endpoint of Object.values(this.#endpoints().regions)) {
      for (const name of await connectorsOf(endpoint)) {
        const count = await countOf(endpoint, name, "pending");
        if (count === null) return null;
        most.set(name, Math.max(count, most.get(name) ?? 0));
      }
    }
    return [...most.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Tells every connector to accept nothing more and send what it has. */
  async drain(): Promise<void> {
    for (const endpoint of Object.values(this.#endpoints().regions)) {
      for (const name of await connectorsOf(endpoint)) await call(endpoint, "POST", `/admin/connectors/${name}/drain`);
    }
  }

  /** `pulumi destroy`, regions first. Refused while entries are pending, faulted or unknown, unless discarded. */
  async destroy(discard: boolean): Promise<void> {
    const { signal: _, ...options } = this.#options;
    const stacks = stacksOf(this.#place).map((stack) => ({ stack }));
    await this.#alone(() => destroy({ ...options, stacks, remove: true, ...(discard && { discard: ["*"] }) }));
  }

  /** One engine at a time: two on one stack lock each other out, also when the first was interrupted. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#engineAtWork.then(work);
    this.#engineAtWork = done.catch(() => {});
    return done;
  }

  #endpoints(): Endpoints {
    const file = join(this.#place.home, `${this.#place.environment}.${mode}`, "endpoints.json");
    return existsSync(file) ? readEndpoints(file) : { regions: {} };
  }
}

/** `pulumi refresh` sees that the process is gone, `pulumi up` starts it. */
async function bringBack(place: Place, region: string, options: Omit<StackOptions, "stacks">): Promise<void> {
  const stacks = [{ stack: stackOf(place, region) }];
  await refresh({ ...options, stacks });
  await deploy({ ...options, stacks });
}
