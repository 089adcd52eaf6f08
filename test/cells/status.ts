// Whether the gateway is as it was: asked of its regions.
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { TopologyMode } from "../../src/matrix/cells.ts";
import { type Ask, connectorsOf, countOf, holdsDuty } from "../drills/admin.ts";
import { type RegionName, regionNames } from "./network/regions.ts";
import type { Gateway } from "./platform.ts";

const sited = z.looseObject({
  connectors: z.record(z.string(), z.looseObject({ sites: z.record(z.string(), z.string()) })),
});

export class Status {
  readonly #mode: TopologyMode;
  readonly #gateway: Gateway;

  constructor(mode: TopologyMode, gateway: Gateway) {
    this.#mode = mode;
    this.#gateway = gateway;
  }

  /** In primary-secondary the primary is home to the duties of both. */
  async dutiesHome(): Promise<boolean> {
    const home = (duty: RegionName): RegionName => (this.#mode === "primary-secondary" ? regionNames[0] : duty);
    const held = await Promise.all(
      regionNames.map((duty) => holdsDuty(this.#ask(home(duty)), this.#gateway.nameOf(duty))),
    );
    return held.every(Boolean);
  }

  /** Nothing pending in any region, duties home, and every chain of a partner at its home site. */
  async converged(): Promise<boolean> {
    return (await this.dutiesHome()) && (await this.pending()) === 0 && (await this.#sitesHome());
  }

  /** Entries that wait for their taker, where most do; null: a region does not tell. */
  async pending(): Promise<number | null> {
    let most = 0;
    for (const region of regionNames) {
      const ask = this.#ask(region);
      const names = await connectorsOf(ask);
      const counts = await Promise.all(names.map((name) => countOf(ask, name, "pending")));
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
    const told = regionNames.map(async (region) => [region, await this.#ask(region)("/admin/status")] as const);
    return Object.fromEntries(await Promise.all(told));
  }

  async #sitesHome(): Promise<boolean> {
    for (const region of regionNames) {
      const told = sited.safeParse(await this.#ask(region)("/admin/status"));
      if (!told.success) return false;
      const chains = Object.values(told.data.connectors).flatMap(({ sites }) => Object.entries(sites));
      if (chains.some(([home, site]) => home !== site)) return false;
    }
    return true;
  }

  #ask(region: RegionName): Ask {
    return (path) => this.#gateway.ask(region, path);
  }
}

/**
 * Looks until the condition holds.
 * @param stepMs between two looks. Default 100
 * @throws the signal's reason
 */
export async function until(
  signal: AbortSignal,
  condition: () => boolean | Promise<boolean>,
  stepMs = 100,
): Promise<void> {
  while (!(await condition())) {
    signal.throwIfAborted();
    await wait(stepMs);
  }
}
