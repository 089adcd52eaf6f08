// Role feed, seen from the partner: a site reads ours from a cursor, and keeps what it read and the cursor together.
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { Write } from "../ledger.ts";
import { otherSite, Replicas, type SiteName } from "./replicas.ts";
import type { Sites } from "./sites.ts";

interface Page {
  readonly kind: "page";
  readonly items: readonly { readonly n: number; readonly key: number }[];
  readonly cursor: string;
}

export interface ReaderOptions {
  readonly cell: string;
  readonly lagMs: number;
  readonly timeoutMs: number;
  /** The first is read first. */
  readonly regions: readonly string[];
  /** Where a region serves the feed. */
  readonly endpoint: (region: string) => string;
  readonly token: string;
  /** Both sites read as one, or one of them reads for itself; its backup is then no reader. */
  readonly as: SiteName | "both";
}

const batch = z.array(z.looseObject({ data: z.looseObject({ n: z.int(), key: z.string() }) }));
const waitS = 2;
const pauseMs = 200;

export class Reader {
  readonly #options: ReaderOptions;
  readonly #sites: Sites;
  readonly #write: Write;
  readonly #pages: Replicas<Page>;
  readonly #held: Record<SiteName, Set<number>> = { a: new Set(), b: new Set() };
  readonly #ending = new AbortController();
  #calls = new AbortController();
  #region: string;

  constructor(options: ReaderOptions, sites: Sites, write: Write) {
    this.#options = options;
    this.#sites = sites;
    this.#write = write;
    this.#region = options.regions[0] ?? "";
    this.#pages = new Replicas({ lagMs: options.lagMs, admits: (site, page) => this.#arrives(site, page) });
  }

  run(): void {
    void this.#work();
  }

  goHome(): void {
    this.#region = this.#options.regions[0] ?? "";
  }

  stop(site: SiteName, loss: boolean): void {
    if (!this.#concerns(site)) return;
    this.#calls.abort();
    for (const { items } of this.#pages.stop(site, loss)) {
      for (const { n, key } of items) {
        this.#held[site].delete(n);
        this.#write({ cell: this.#options.cell, what: "lost", n, key, place: site });
      }
    }
  }

  start(site: SiteName): void {
    if (!this.#concerns(site)) return;
    this.#pages.start(site);
  }

  close(): void {
    this.#ending.abort();
    this.#calls.abort();
    this.#pages.close();
  }

  #concerns(site: SiteName): boolean {
    return this.#options.as === "both" || this.#options.as === site;
  }

  #site(): SiteName | null {
    const { as } = this.#options;
    if (as === "both") return this.#sites.workingFor(0);
    return this.#sites.isUp(as) ? as : null;
  }

  async #work(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const site = this.#site();
      if (site === null) await wait(20);
      else if (!(await this.#read(site))) await wait(pauseMs);
    }
  }

  async #read(site: SiteName): Promise<boolean> {
    this.#calls = new AbortController();
    const cursor = this.#pages.at(site).at(-1)?.record.cursor;
    const region = this.#region;
    const page = await this.#get(site, region, cursor);
    if (!this.#sites.isUp(site) || this.#ending.signal.aborted) return true;
    if (page === null) {
      const { regions } = this.#options;
      this.#region = regions[(regions.indexOf(region) + 1) % regions.length] ?? region;
      return false;
    }
    this.#keep(site, region, page);
    return true;
  }

  #keep(site: SiteName, region: string, page: Page): void {
    const { cell } = this.#options;
    const fresh = page.items.filter(({ n }) => !this.#held[site].has(n));
    for (const { n, key } of page.items) {
      const what = this.#held[site].has(n) ? "again" : "effect";
      this.#held[site].add(n);
      this.#write({ cell, what, n, key, place: `${site}.${region}` });
    }
    this.#pages.write(site, { ...page, items: fresh });
  }

  async #get(site: SiteName, region: string, cursor: string | undefined): Promise<Page | null> {
    const { endpoint, token, timeoutMs } = this.#options;
    const query = new URLSearchParams({ wait: String(waitS), ...(cursor === undefined ? {} : { cursor }) });
    try {
      const slowMs = this.#sites.slowMs(site);
      if (slowMs > 0) await wait(slowMs, undefined, { signal: this.#calls.signal });
      const answer = await fetch(`${endpoint(region)}?${query}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs + waitS * 1_000), this.#calls.signal]),
      });
      const next = answer.headers.get("isthmus-cursor");
      const body = batch.safeParse(await answer.json());
      if (!answer.ok || next === null || !body.success) return null;
      const items = body.data.map(({ data }) => ({ n: data.n, key: Number(data.key.slice(1)) }));
      return { kind: "page", items, cursor: next };
    } catch {
      return null;
    }
  }

  #arrives(site: SiteName, { items }: Page): boolean {
    const { cell, as } = this.#options;
    // A site that reads for itself is only backed up by the other.
    if (as !== "both") return site === otherSite(as);
    for (const { n, key } of items) {
      if (this.#held[site].has(n)) this.#write({ cell, what: "merged", n, key, place: site });
      this.#held[site].add(n);
    }
    return true;
  }
}
