// Both sites of a partner in its own account: a region each, with a front of its own, and a system that takes what we send.
import type { Connecting } from "../connection.ts";
import { type SiteName, siteNames } from "../replicas.ts";
import type { Region, TheirCloud } from "./cloud.ts";
import { Front } from "./front.ts";
import { theirRegions } from "./names.ts";
import { Taking, type TakingOptions } from "./taking.ts";

/** What a site takes from. */
export type Inbox = Pick<TakingOptions, "read" | "queue">;

export class CloudSites {
  readonly regions: Readonly<Record<SiteName, Region>>;
  readonly #connecting: Connecting;
  readonly #fronts: Readonly<Record<SiteName, Front>>;
  readonly #takings = new Map<SiteName, Taking>();

  constructor(cloud: TheirCloud, connecting: Connecting) {
    const { sites, regionOf } = connecting;
    const names = theirRegions[sites.theirs];
    const front = (site: SiteName): Front => new Front({ url: cloud.url, slowMs: () => sites.slowMs(site), regionOf });
    this.#connecting = connecting;
    this.regions = { a: cloud.region(names.a), b: cloud.region(names.b) };
    this.#fronts = { a: front("a"), b: front("b") };
  }

  port(site: SiteName): number {
    return this.#fronts[site].port;
  }

  /** @param inboxOf makes what a site takes from */
  async open(inboxOf: (site: SiteName) => Promise<Inbox>): Promise<void> {
    for (const site of siteNames) {
      this.#takings.set(site, this.#taking(site, await inboxOf(site)));
      await this.#fronts[site].open();
    }
  }

  async stop(site: SiteName, loss: boolean): Promise<void> {
    await this.#fronts[site].close();
    if (loss) await this.#takings.get(site)?.lose();
  }

  start(site: SiteName): Promise<void> {
    return this.#fronts[site].open();
  }

  async close(): Promise<void> {
    await Promise.all(siteNames.map((site) => this.#fronts[site].close()));
    await Promise.all([...this.#takings.values()].map((taking) => taking.close()));
    for (const site of siteNames) this.regions[site].close();
  }

  #taking(site: SiteName, inbox: Inbox): Taking {
    const { sites, taker } = this.#connecting;
    return new Taking({
      ...inbox,
      region: this.regions[site],
      isUp: () => sites.isUp(site),
      take: async ({ n, key, id }) => taker.take(site, { n, key }, await this.#fronts[site].callerOf(id)),
    });
  }
}
