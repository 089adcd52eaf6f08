// A partner by buses: we put events on that of each of its sites, where a rule hands them to a system of its own; and it has
// a bus in each of our regions, whose rule hands what it gives to our queue there.
import * as z from "zod";
import type { Connect, Connecting, Connection, Made } from "../connection.ts";
import type { SiteName } from "../replicas.ts";
import { type NameOf, OurRegions, type Region, type TheirCloud } from "./cloud.ts";
import { busName } from "./names.ts";
import { CloudSites } from "./sites.ts";
import { numberIn } from "./sqs.ts";
import type { TakingOptions } from "./taking.ts";

const put = z.object({ id: z.string(), detail: z.object({ id: z.string(), data: z.object({ key: z.string() }) }) });

export class EventBridgeConnection implements Connection {
  readonly source = null;
  readonly #connecting: Connecting;
  readonly #sites: CloudSites;
  readonly #ours: OurRegions;
  /** Regions of ours where bus and rule stand. */
  readonly #ready = new Set<string>();

  constructor(cloud: TheirCloud, ours: OurRegions, connecting: Connecting) {
    this.#ours = ours;
    this.#connecting = connecting;
    this.#sites = new CloudSites(cloud, connecting);
  }

  port(site: SiteName): number {
    return this.#sites.port(site);
  }

  open(): Promise<void> {
    const { theirs } = this.#connecting.sites;
    const name = `bus-${theirs}`;
    return this.#sites.open(async (site) => {
      const region = this.#sites.regions[site];
      const queue = await region.makeQueue(name);
      await region.makeBus(busName(theirs), `send-${theirs}.asked`, name);
      return { queue, read };
    });
  }

  async give(_site: SiteName, name: string, { n, key, ballast }: Made, signal: AbortSignal): Promise<boolean> {
    const { sites, region } = this.#connecting;
    try {
      const queue = region(name, `receive-${sites.theirs}`);
      const ours = this.#ours.at(name, queue);
      await this.#prepare(ours, queue, signal);
      const detail = { id: String(n), n, key: `k${key}`, ballast };
      return await ours.put(busName(sites.theirs), `receive-${sites.theirs}.given`, detail, signal);
    } catch {
      // It may have lost what it had.
      this.#ready.delete(name);
      return false;
    }
  }

  stop(site: SiteName, loss: boolean): Promise<void> {
    return this.#sites.stop(site, loss);
  }

  start(site: SiteName): Promise<void> {
    return this.#sites.start(site);
  }

  async close(): Promise<void> {
    this.#ours.close();
    await this.#sites.close();
  }

  /** A bus does not say whether its rule's queue is there: a rule is made for one that is. */
  async #prepare(ours: Region, queue: string, signal: AbortSignal): Promise<void> {
    if (this.#ready.has(ours.name)) return;
    const { theirs } = this.#connecting.sites;
    await ours.look(queue, signal);
    const name = new URL(queue).pathname.split("/").at(-1) ?? "";
    await ours.makeBus(busName(theirs), `receive-${theirs}.given`, name, signal);
    this.#ready.add(ours.name);
  }
}

export const byEventBridge =
  (cloud: TheirCloud, nameOf: NameOf): Connect =>
  (connecting) =>
    new EventBridgeConnection(cloud, new OurRegions(nameOf), connecting);

const read: TakingOptions["read"] = ({ Body = "" }) => {
  const { id, detail } = put.parse(JSON.parse(Body));
  return { n: numberIn(detail.id), key: Number(detail.data.key.slice(1)), id };
};
