// Role poll, seen from the partner: an ordered log at each site that is read from a token. A site that dies takes its
// tail with it; its successor goes on and gives the same places to other items.
import type { Write } from "../ledger.ts";
import type { Made, Readable } from "./connection.ts";
import { type Kept, Replicas, type SiteName } from "./replicas.ts";
import type { Sites } from "./sites.ts";

const pageSize = 50;

export class Source implements Readable {
  readonly #cell: string;
  readonly #sites: Sites;
  readonly #write: Write;
  readonly #log: Replicas<Made>;
  readonly isIdle = true;

  constructor(cell: string, sites: Sites, lagMs: number, write: Write) {
    this.#cell = cell;
    this.#sites = sites;
    this.#write = write;
    this.#log = new Replicas({ lagMs });
  }

  /** The partner's own business writes an item. False: no site of theirs is up. */
  add(item: Made): boolean {
    const site = this.#sites.workingFor(item.key);
    if (site === null) return false;
    const { n, key } = item;
    this.#log.write(site, item);
    this.#write({ cell: this.#cell, what: "given", n, key, place: site });
    this.#write({ cell: this.#cell, what: "acknowledged", n, key, place: site });
    return true;
  }

  /** A page after a token. With one working site places are numbered, with two they have times. */
  page(site: SiteName, after: string | null): unknown {
    const kept = this.#log.at(site);
    const start = after === null ? 0 : this.#placeAfter(kept, after);
    const page = kept.slice(start, start + pageSize);
    const last = page.at(-1);
    const next = last === undefined ? after : this.#token(last, start + page.length);
    return {
      items: page.map(({ record: { n, key, ballast } }) => ({ id: String(n), n, key: `k${key}`, ballast })),
      next,
    };
  }

  stop(site: SiteName, loss: boolean): void {
    for (const { n, key } of this.#log.stop(site, loss)) {
      this.#write({ cell: this.#cell, what: "void", n, key, place: site });
    }
  }

  start(site: SiteName): void {
    this.#log.start(site);
  }

  close(): void {
    this.#log.close();
  }

  #token(last: Kept<Made>, count: number): string {
    return this.#sites.theirs === "ps" ? String(count) : `${last.arrivedAt}.${last.record.n}`;
  }

  #placeAfter(kept: readonly Kept<Made>[], token: string): number {
    if (this.#sites.theirs === "ps") return Number(token);
    const [time = "0", n = "0"] = token.split(".");
    const at = kept.findIndex(({ record, arrivedAt }) => arrivedAt === Number(time) && record.n === Number(n));
    if (at >= 0) return at + 1;
    const later = kept.findIndex(({ arrivedAt }) => arrivedAt > Number(time));
    return later < 0 ? kept.length : later;
  }
}
