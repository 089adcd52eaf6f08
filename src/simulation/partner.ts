import type { Attempt } from "../define/taxonomy.ts";
import type { Facts } from "./facts.ts";
import type { Network } from "./network.ts";
import type { Machine } from "./process.ts";
import type { Dice } from "./random.ts";
import { type PartnerShape, sitesOf } from "./schedule-model.ts";
import type { World } from "./world.ts";

/** How a site treats a request, beside being down. */
export interface SiteMood {
  down: number;
  /** Takes requests, acts on every second one and answers none. */
  hangs: number;
  /** Acts, and its answer never comes. */
  mute: number;
  slowMs: number[];
  answers: { readonly status: number; readonly retryAfterS: number }[];
}

/** How a site and a region refuse each other: with this status, or (null) no connection at all. */
export type Refusal = 401 | 403 | null;

interface Site {
  readonly name: string;
  readonly mood: SiteMood;
  /** `<connector> <identity>` of everything that it acted on or got from the other site. */
  readonly data: Set<string>;
  /** Acted on here and not yet at every other site, with the time. */
  readonly tail: Map<string, number>;
  downSince: number;
  /** While it was down another site took requests: on return it takes that site's data and loses its tail. */
  overtaken: boolean;
}

/** What the partner is asked to do. `mind`: how it judges this event. */
export interface Order {
  readonly connector: string;
  readonly identity: string;
  readonly mind: "take" | "refuse";
  /** The site that its key belongs to. */
  readonly home: string;
  readonly large: boolean;
}

/**
 * The external system: sites that replicate to each other some time after they acknowledged. A site that another
 * overtook while it was down comes back without what it had not replicated: acknowledged, then forgotten.
 */
export class Partner {
  readonly #world: World;
  readonly #network: Network;
  readonly #dice: Dice;
  readonly #lagMs: number;
  readonly #recoveryPointMs: number;
  /** One site rules at a time, and another takes over with its first request. */
  readonly #promotes: boolean;
  readonly #facts: Facts;
  readonly #sites = new Map<string, Site>();
  /** By region and site, how many faults refuse now. */
  readonly #refusals = new Map<string, Refusal[]>();
  readonly #losses: ((site: string) => void)[] = [];
  readonly #returns: ((site: string) => void)[] = [];
  /** What was acknowledged and then forgotten. */
  readonly forgotten: string[] = [];

  constructor(world: World, network: Network, dice: Dice, shape: PartnerShape, facts: Facts) {
    this.#world = world;
    this.#network = network;
    this.#dice = dice;
    this.#facts = facts;
    this.#lagMs = shape.lagMs;
    this.#recoveryPointMs = shape.recoveryPointMs;
    this.#promotes = shape.mode === "primary-secondary";
    for (const name of sitesOf(shape)) {
      const mood: SiteMood = { down: 0, hangs: 0, mute: 0, slowMs: [], answers: [] };
      this.#sites.set(name, { name, mood, data: new Set(), tail: new Map(), downSince: 0, overtaken: false });
    }
  }

  mood(site: string): SiteMood {
    return this.#site(site).mood;
  }

  isUp(site: string): boolean {
    return this.#site(site).mood.down === 0;
  }

  /** Like `isUp`, of somebody who turns to the site. */
  answers(site: string): boolean {
    const up = this.isUp(site);
    if (!up) this.#facts.count(`away ${site}`);
    return up;
  }

  /** The site that speaks for another one now: that itself, or some time after its loss another; null: none. */
  speaksFor(home: string): string | null {
    if (this.answers(home)) return home;
    if (this.#world.now < this.#site(home).downSince + takesOverAfterMs) return null;
    return [...this.#sites.keys()].find((other) => this.answers(other)) ?? null;
  }

  /** Longest that a site keeps anybody waiting now, in milliseconds. */
  slownessMs(site: string): number {
    return Math.max(0, ...this.#site(site).mood.slowMs);
  }

  /** Tells of every site that goes down. */
  onLoss(tell: (site: string) => void): void {
    this.#losses.push(tell);
  }

  /** Tells of every site that comes back. */
  onReturn(tell: (site: string) => void): void {
    this.#returns.push(tell);
  }

  lose(site: string): void {
    const lost = this.#site(site);
    if (lost.mood.down++ > 0) return;
    lost.downSince = this.#world.now;
    for (const tell of this.#losses) tell(site);
  }

  refuse(machine: string, site: string, how: Refusal): void {
    const refusals = this.#refusals.get(`${machine} ${site}`) ?? [];
    this.#refusals.set(`${machine} ${site}`, [...refusals, how]);
  }

  admit(machine: string, site: string, how: Refusal): void {
    const refusals = [...(this.#refusals.get(`${machine} ${site}`) ?? [])];
    refusals.splice(refusals.indexOf(how), 1);
    this.#refusals.set(`${machine} ${site}`, refusals);
  }

  /** How a region and a site refuse each other; undefined: they do not. */
  refusal(machine: string, site: string): Refusal | undefined {
    const refusal = this.#refusals.get(`${machine} ${site}`)?.[0];
    if (refusal !== undefined) this.#facts.count(`refused ${machine} ${site}`);
    return refusal;
  }

  restore(name: string): void {
    const site = this.#site(name);
    site.mood.down--;
    if (site.mood.down > 0) return;
    if (site.overtaken) this.#forgetTail(site);
    // All catch up before anything else, or the partner's recovery point would not hold for a second loss.
    const up = [...this.#sites.values()].filter(({ mood }) => mood.down === 0);
    for (const each of up) for (const what of [...each.tail.keys()]) this.#copy(each, what);
    for (const tell of this.#returns) tell(name);
  }

  /** Whether any site has the event. */
  has(connector: string, identity: string): boolean {
    return [...this.#sites.values()].some((site) => site.data.has(`${connector} ${identity}`));
  }

  /** Whether this site has the event; null: it does not answer. */
  asks(name: string, order: Order): boolean | null {
    const site = this.#site(name);
    if (site.mood.down > 0 || site.mood.hangs > 0 || site.mood.answers.length > 0) return null;
    return site.data.has(`${order.connector} ${order.identity}`);
  }

  isWell(name: string): boolean {
    const { mood } = this.#site(name);
    return mood.down === 0 && mood.hangs === 0 && mood.answers.length === 0;
  }

  /**
   * A request has arrived. `answer` is called when the site answers; never where it does not.
   *
   * @returns whether the site acted on it
   */
  take(name: string, order: Order, answer: (attempt: Attempt) => void): boolean {
    let taken = false;
    const act = (): Attempt => {
      if (order.mind === "refuse") return response(422);
      taken = true;
      this.#act(this.#site(name), order);
      return response(200);
    };
    this.serve(name, act, answer);
    return taken;
  }

  /** A request has arrived: `act` is what the site does with it, where it does anything. */
  serve(name: string, act: () => Attempt, answer: (attempt: Attempt) => void): void {
    const { mood } = this.#site(name);
    const status = mood.answers[0];
    if (!this.answers(name)) return answer({ kind: "error", error: "reset-after-write" });
    if (status !== undefined) {
      const headers = status.status === 500 ? {} : { "retry-after": String(status.retryAfterS) };
      return answer(response(status.status, headers));
    }
    if (mood.hangs > 0 && this.#dice.chance(0.5)) return;
    const attempt = act();
    if (mood.hangs > 0 || mood.mute > 0) return;
    const slowMs = this.slownessMs(name);
    if (slowMs === 0) return answer(attempt);
    this.#facts.count(`slow ${name}`);
    this.#world.after(slowMs, () => answer(attempt));
  }

  #act(site: Site, { connector, identity, home }: Order): void {
    for (const other of this.#sites.values()) {
      if (other.mood.down === 0 || !(this.#promotes || other.name === home)) continue;
      other.overtaken = true;
      if ([...other.tail.keys()].some((what) => !site.data.has(what))) this.#facts.count(`forgot ${other.name}`);
    }
    const what = `${connector} ${identity}`;
    if (site.data.has(what)) return;
    site.data.add(what);
    if (this.#sites.size > 1) {
      site.tail.set(what, this.#world.now);
      this.#replicate(site, what);
    }
  }

  #replicate(site: Site, what: string): void {
    this.#world.after(this.#lagMs, () => {
      if (site.mood.down === 0 && site.tail.has(what)) this.#copy(site, what);
    });
  }

  #copy(site: Site, what: string): void {
    const others = [...this.#sites.values()].filter((other) => other !== site);
    for (const other of others) if (other.mood.down === 0) other.data.add(what);
    if (others.every((other) => other.data.has(what))) site.tail.delete(what);
    else this.#replicate(site, what);
  }

  #forgetTail(site: Site): void {
    site.overtaken = false;
    for (const [what, since] of site.tail) {
      const elsewhere = [...this.#sites.values()].some((other) => other !== site && other.data.has(what));
      // Their recovery point holds also where the other site was away: what is older was kept elsewhere.
      if (elsewhere || since < site.downSince - this.#recoveryPointMs) continue;
      site.data.delete(what);
      this.forgotten.push(`${site.name} ${what}`);
    }
    site.tail.clear();
    for (const other of this.#sites.values()) for (const what of other.data) site.data.add(what);
  }

  #site(name: string): Site {
    const site = this.#sites.get(name);
    if (site === undefined) throw new Error(`no site ${name}`);
    return site;
  }

  /** Whether a machine and a site reach each other now. */
  linked(machine: Machine, site: string): boolean {
    const linked = !this.#network.isCut(machine.name, site) && !this.#network.isCut(site, machine.name);
    if (!linked) this.#facts.count(`stopped ${machine.name} ${site}`);
    return linked;
  }
}

/** The partner notices the loss of a site and goes over to another after this, in milliseconds. */
const takesOverAfterMs = 1_500;

export const response = (status: number, headers: Readonly<Record<string, string>> = {}): Attempt => ({
  kind: "answer",
  response: { status, headers, body: null },
});
