// Whether the gateway is as it was: asked of its regions.
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { TopologyMode } from "../../src/matrix/cells.ts";
import { type RegionName, regionNames } from "./network/regions.ts";
import type { Gateway } from "./platform.ts";

const told = z.looseObject({
  duties: z.array(z.looseObject({ region: z.string(), epoch: z.int().nullable(), remainingMs: z.number() })),
  connectors: z.record(
    z.string(),
    z.looseObject({ sites: z.record(z.string(), z.string()), ledger: z.looseObject({ pending: z.int() }) }),
  ),
});
type Told = z.output<typeof told>;

export class Status {
  readonly #mode: TopologyMode;
  readonly #gateway: Gateway;

  constructor(mode: TopologyMode, gateway: Gateway) {
    this.#mode = mode;
    this.#gateway = gateway;
  }

  async dutiesHome(): Promise<boolean> {
    const all = await this.#all();
    return all !== null && this.#areHome(all);
  }

  /**
   * No more pending in any region, duties home, and every chain of a partner at its home site.
   *
   * @param pending entries
   */
  async converged(pending = 0): Promise<boolean> {
    const all = await this.#all();
    if (all === null || !this.#areHome(all)) return false;
    return regionNames.every((region) => {
      const connectors = Object.values(all[region].connectors);
      return (
        connectors.reduce((sum, { ledger }) => sum + ledger.pending, 0) <= pending &&
        connectors.every(({ sites }) => Object.entries(sites).every(([home, site]) => home === site))
      );
    });
  }

  /** What each region says of itself, for whoever looks into a failure. */
  async describe(): Promise<unknown> {
    const all = regionNames.map(async (region) => [region, await this.#gateway.ask(region, "/admin/status")] as const);
    return Object.fromEntries(await Promise.all(all));
  }

  /** In primary-secondary the primary is home to the duties of both. */
  #areHome(all: Readonly<Record<RegionName, Told>>): boolean {
    return regionNames.every((duty) => {
      const home = this.#mode === "primary-secondary" ? regionNames[0] : duty;
      const held = all[home].duties.find(({ region }) => region === this.#gateway.nameOf(duty));
      return held !== undefined && held.epoch !== null && held.remainingMs > 0;
    });
  }

  /** null: one does not tell */
  async #all(): Promise<Readonly<Record<RegionName, Told>> | null> {
    const [east, west] = await Promise.all(
      regionNames.map(async (region) => told.safeParse(await this.#gateway.ask(region, "/admin/status"))),
    );
    return east?.success && west?.success ? { east: east.data, west: west.data } : null;
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
