// Role poll, seen from the partner: a site puts its items into its queue, and replicates its list of them. Who takes over
// cannot know what was read of the other's queue, and puts the last of its list into its own. A queue is lost with its site.
import { setTimeout as wait } from "node:timers/promises";
import type { Write } from "../../ledger.ts";
import type { Made, Readable } from "../connection.ts";
import { otherSite, Replicas, type SiteName, siteNames } from "../replicas.ts";
import type { Sites } from "../sites.ts";

interface Item extends Made {
  /** Where it was written. */
  readonly at: SiteName;
}

export interface QueueSourceOptions {
  readonly sites: Sites;
  readonly lagMs: number;
  readonly write: Write;
  /** Puts a text into a site's queue. @throws where that came to nothing */
  readonly put: (site: SiteName, body: string) => Promise<void>;
}

/** How far back who takes over puts items again, in milliseconds. */
const againMs = 30_000;
const pauseMs = 20;

export class QueueSource implements Readable {
  readonly #options: QueueSourceOptions;
  readonly #cell: string;
  readonly #list: Replicas<Item>;
  readonly #out: Record<SiteName, Item[]> = { a: [], b: [] };
  readonly #ending = new AbortController();

  constructor(options: QueueSourceOptions) {
    this.#options = options;
    this.#cell = `poll-${options.sites.theirs}`;
    this.#list = new Replicas({ lagMs: options.lagMs });
    for (const site of siteNames) void this.#work(site);
  }

  add({ n, key, ballast }: Made): boolean {
    const { sites, write } = this.#options;
    const site = sites.workingFor(key);
    if (site === null) return false;
    const item = { n, key, ballast, at: site };
    this.#list.write(site, item);
    this.#out[site].push(item);
    write({ cell: this.#cell, what: "given", n, key, place: site });
    return true;
  }

  get isIdle(): boolean {
    return siteNames.every((site) => this.#out[site].length === 0);
  }

  stop(site: SiteName, loss: boolean): void {
    for (const { n, key } of this.#list.stop(site, loss)) {
      this.#options.write({ cell: this.#cell, what: "void", n, key, place: site });
    }
    if (loss) this.#out[site] = [];
    const other = otherSite(site);
    if (!this.#options.sites.isUp(other)) return;
    const since = Date.now() - againMs;
    const again = this.#list.at(other).filter(({ record, arrivedAt }) => record.at === site && arrivedAt >= since);
    this.#out[other].push(...again.map(({ record }) => record));
  }

  start(site: SiteName): void {
    this.#list.start(site);
  }

  close(): void {
    this.#ending.abort();
    this.#list.close();
  }

  async #work(site: SiteName): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const [next] = this.#out[site];
      if (next !== undefined && this.#options.sites.isUp(site) && (await this.#put(site, next))) continue;
      await wait(pauseMs);
    }
  }

  async #put(site: SiteName, item: Item): Promise<boolean> {
    const { n, key, ballast, at } = item;
    try {
      await this.#options.put(site, JSON.stringify({ id: String(n), n, key: `k${key}`, ballast }));
    } catch {
      return false;
    }
    // What the site lost meanwhile is no longer its own.
    if (this.#out[site][0] !== item) return true;
    this.#out[site].shift();
    if (at === site) this.#options.write({ cell: this.#cell, what: "acknowledged", n, key, place: site });
    return true;
  }
}
