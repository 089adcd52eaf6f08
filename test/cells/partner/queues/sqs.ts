// A partner by queues: we write to one of each of its sites and read one, and it writes to ours.
import * as z from "zod";
import type { Connect, Connecting, Connection, Made } from "../connection.ts";
import type { SiteName } from "../replicas.ts";
import { type NameOf, OurRegions, type TheirCloud } from "./cloud.ts";
import { CloudSites } from "./sites.ts";
import { QueueSource } from "./source.ts";
import type { Said, TakingOptions } from "./taking.ts";

const asked = z.object({ key: z.string() });

export class SqsConnection implements Connection {
  readonly source: QueueSource;
  readonly #connecting: Connecting;
  readonly #sites: CloudSites;
  readonly #polled: Record<SiteName, string> = { a: "", b: "" };
  readonly #ours: OurRegions;

  constructor(cloud: TheirCloud, ours: OurRegions, connecting: Connecting) {
    this.#ours = ours;
    const { sites, lagMs, write } = connecting;
    this.#connecting = connecting;
    this.#sites = new CloudSites(cloud, connecting);
    const put = (site: SiteName, body: string) => this.#sites.regions[site].send(this.#polled[site], body);
    this.source = new QueueSource({ sites, lagMs, write, put });
  }

  port(site: SiteName): number {
    return this.#sites.port(site);
  }

  open(): Promise<void> {
    const { theirs } = this.#connecting.sites;
    return this.#sites.open(async (site) => {
      const region = this.#sites.regions[site];
      this.#polled[site] = await region.makeQueue(`poll-${theirs}`);
      return { queue: await region.makeQueue(`send-${theirs}`), read };
    });
  }

  /** Our queue's url tells where its region is reached. */
  async give(_site: SiteName, name: string, { n, key, ballast }: Made, signal: AbortSignal): Promise<boolean> {
    const { sites, region } = this.#connecting;
    try {
      const url = region(name, `receive-${sites.theirs}`);
      await this.#ours.at(name, url).send(url, JSON.stringify({ id: String(n), n, key: `k${key}`, ballast }), signal);
      return true;
    } catch {
      return false;
    }
  }

  async stop(site: SiteName, loss: boolean): Promise<void> {
    await this.#sites.stop(site, loss);
    if (loss) await this.#sites.regions[site].purge(this.#polled[site]);
  }

  start(site: SiteName): Promise<void> {
    return this.#sites.start(site);
  }

  async close(): Promise<void> {
    this.#ours.close();
    await this.#sites.close();
  }
}

export const bySqs =
  (cloud: TheirCloud, nameOf: NameOf): Connect =>
  (connecting) =>
    new SqsConnection(cloud, new OurRegions(nameOf), connecting);

/** Whoever reads the queue goes by the identity alone, which no repeat changes. */
const read: TakingOptions["read"] = ({ Body = "", MessageId = "", MessageAttributes }): Said => {
  const identity = MessageAttributes?.["isthmus-id"]?.StringValue ?? "";
  return { n: numberIn(identity), key: Number(asked.parse(JSON.parse(Body)).key.slice(1)), id: MessageId };
};

/** An identity of ours ends with the number of what was asked. */
export const numberIn = (identity: string): number => z.int().parse(Number(identity.split("-").at(-1) || "none"));
