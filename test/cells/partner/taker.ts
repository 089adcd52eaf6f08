// Role send, seen from the partner: a site takes what we send, acts once on each identity, and keeps the effect.
import type { Write } from "../ledger.ts";
import { Replicas, type SiteName } from "./replicas.ts";

interface Effect {
  readonly n: number;
  readonly key: number;
}

export class Taker {
  readonly #cell: string;
  readonly #write: Write;
  readonly #held: Record<SiteName, Set<number>> = { a: new Set(), b: new Set() };
  readonly #effects: Replicas<Effect>;

  constructor(cell: string, lagMs: number, write: Write) {
    this.#cell = cell;
    this.#write = write;
    this.#effects = new Replicas({ lagMs, admits: (site, effect) => this.#arrives(site, effect) });
  }

  /** @param from the region that sent it */
  take(site: SiteName, effect: Effect, from: string): void {
    const known = this.#held[site].has(effect.n);
    if (!known) {
      this.#held[site].add(effect.n);
      this.#effects.write(site, effect);
    }
    this.#write({ cell: this.#cell, what: known ? "again" : "effect", ...effect, place: `${site}.${from}` });
  }

  stop(site: SiteName, loss: boolean): void {
    for (const { n, key } of this.#effects.stop(site, loss)) {
      this.#held[site].delete(n);
      this.#write({ cell: this.#cell, what: "lost", n, key, place: site });
    }
  }

  start(site: SiteName): void {
    this.#effects.start(site);
  }

  close(): void {
    this.#effects.close();
  }

  #arrives(site: SiteName, { n, key }: Effect): boolean {
    const known = this.#held[site].has(n);
    if (known) this.#write({ cell: this.#cell, what: "merged", n, key, place: site });
    this.#held[site].add(n);
    return !known;
  }
}
