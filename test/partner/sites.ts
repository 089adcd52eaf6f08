// Two sites of one partner: what each holds, and the asynchronous replication between them.
import type { SiteName } from "./config.ts";
import type { Append } from "./ledger.ts";

interface Effect {
  readonly effect: number;
  readonly id: string;
  readonly key: string | null;
}
interface Shipment extends Effect {
  readonly from: SiteName;
}

export interface Taken {
  /** Number of the effect made; null = known already, nothing done. */
  readonly effect: number | null;
  readonly duplicate: boolean;
  /** How many effects the key has at this site, this one included; null = nothing done. */
  readonly sequence: number | null;
}

export interface SitesOptions {
  readonly idempotent: boolean;
  readonly append: Append;
  /** Runs the action when the replication lag is over. */
  readonly later: (action: () => void) => void;
}

export const otherSite = (site: SiteName): SiteName => (site === "primary" ? "secondary" : "primary");

/** What one site holds, with counts by identity and by key. */
class Holding {
  readonly effects = new Map<number, Effect>();
  readonly #ids = new Map<string, number>();
  readonly #keys = new Map<string | null, number>();

  add(effect: Effect): void {
    this.effects.set(effect.effect, effect);
    this.#ids.set(effect.id, this.effectsOfId(effect.id) + 1);
    this.#keys.set(effect.key, this.effectsOfKey(effect.key) + 1);
  }

  remove({ effect, id, key }: Effect): void {
    if (!this.effects.delete(effect)) return;
    this.#ids.set(id, this.effectsOfId(id) - 1);
    this.#keys.set(key, this.effectsOfKey(key) - 1);
  }

  effectsOfId(id: string): number {
    return this.#ids.get(id) ?? 0;
  }

  effectsOfKey(key: string | null): number {
    return this.#keys.get(key) ?? 0;
  }
}

export class Sites {
  readonly #options: SitesOptions;
  readonly #held = { primary: new Holding(), secondary: new Holding() };
  readonly #stopped = new Set<SiteName>();
  readonly #shipments = new Set<Shipment>();
  #last = 0;

  constructor(options: SitesOptions) {
    this.#options = options;
  }

  /** Acts on an invoice at a site. An idempotent partner acts once on an identity that this site knows. */
  take(site: SiteName, id: string, key: string | null): Taken {
    const duplicate = this.holds(site, id);
    if (duplicate && this.#options.idempotent) return { effect: null, duplicate, sequence: null };
    this.#last += 1;
    const made: Shipment = { effect: this.#last, id, key, from: site };
    this.#held[site].add(made);
    this.#shipments.add(made);
    this.#options.later(() => this.#ship(made));
    return { effect: made.effect, duplicate, sequence: this.#held[site].effectsOfKey(key) };
  }

  /** True when the site has an effect of this identity: its own or one that was replicated to it. */
  holds(site: SiteName, id: string): boolean {
    return this.#held[site].effectsOfId(id) > 0;
  }

  count(site: SiteName): number {
    return this.#held[site].effects.size;
  }

  /** Number of effects that the other site does not have yet. */
  unreplicated(site: SiteName): number {
    return this.#tail(site).length;
  }

  stopped(site: SiteName): boolean {
    return this.#stopped.has(site);
  }

  /** Stops a site. With loss, what it had not replicated is gone for good; returns how many effects that were. */
  stop(site: SiteName, loss: boolean): number {
    this.#stopped.add(site);
    const tail = loss ? this.#tail(site) : [];
    for (const shipment of tail) {
      this.#shipments.delete(shipment);
      this.#held[site].remove(shipment);
      this.#options.append({ kind: "lost", site, effect: shipment.effect, id: shipment.id });
    }
    this.#options.append({ kind: "stopped", site, loss, lost: tail.length });
    return tail.length;
  }

  /** Starts a stopped site: it gets what waited for it, and gives what it kept. */
  start(site: SiteName): void {
    if (!this.#stopped.delete(site)) return;
    this.#options.append({ kind: "started", site });
    for (const waiting of this.#shipments) this.#options.later(() => this.#ship(waiting));
  }

  #tail(site: SiteName): readonly Shipment[] {
    return [...this.#shipments].filter((shipment) => shipment.from === site);
  }

  /** Replication needs both sites up; while one is stopped the shipment waits. */
  #ship(shipment: Shipment): void {
    if (this.#stopped.size > 0 || !this.#shipments.delete(shipment)) return;
    const { from, effect, id, key } = shipment;
    const site = otherSite(from);
    const merged = this.#options.idempotent && this.holds(site, id);
    if (!merged) this.#held[site].add({ effect, id, key });
    this.#options.append({ kind: "replicated", site, from, effect, id, merged });
  }
}
