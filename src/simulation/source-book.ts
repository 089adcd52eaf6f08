import type { Facts } from "./facts.ts";
import type { Given, Try } from "./ledgers.ts";
import type { Partner } from "./partner.ts";
import type { Dice } from "./random.ts";
import { type PartnerShape, type PollShape, sitesOf } from "./schedule-model.ts";
import { type Item, type Page, SourceLog } from "./source-log.ts";
import { overlapMs } from "./specs.ts";
import type { World } from "./world.ts";

/** What a partner is read from: its sites replicate, lose what they had not replicated, and go on without it. */
export interface SourceWorld {
  readonly world: World;
  readonly partner: Partner;
  readonly facts: Facts;
  readonly dice: Dice;
  readonly shape: PartnerShape;
  readonly poll: PollShape;
}

const retryMs = 300;

/** Clients notice that what they had handed in is gone, and hand it in again, after this long, in milliseconds. */
const reissuedAfterMs: readonly [number, number] = [500, 3_000];

/** The ordered logs of a partner's sites, for one connector that reads. */
export class SourceBook {
  readonly #at: SourceWorld;
  readonly #logs: ReadonlyMap<string, SourceLog>;
  readonly #clocks = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  /** Of a primary and a secondary, where items come to be. */
  #active: string;
  /** Down, and another site was read from since. */
  readonly #overtaken = new Set<string>();
  #turns = 0;
  /** Readings whose cursor nobody has gone on from yet. */
  readonly #unacknowledged = new Map<string, Try[]>();

  constructor(at: SourceWorld) {
    this.#at = at;
    const sites = sitesOf(at.shape);
    this.#active = sites[0];
    this.#logs = new Map(sites.map((site) => [site, new SourceLog(site)]));
    for (const site of sites) this.#clocks.set(site, at.poll.behindMs + at.dice.int(-200, 200));
    at.partner.onReturn((site) => this.#returned(site));
  }

  /** An item comes to be, where the partner takes any now; `done` is called once it did. */
  make(given: Given, done: () => void): void {
    const site = this.#makesAt(given.gift.site);
    if (site === null) {
      this.#at.world.after(retryMs, () => this.make(given, done));
      return;
    }
    this.#put(site, given);
    done();
  }

  /** A site is read. @returns the page, and what makes it known as read by a machine */
  read(site: string, cursor: string | null): Page {
    this.#goOver(site);
    this.#acknowledge(cursor);
    if (this.#at.poll.deletes) this.#log(site).deleteWithin(cursor);
    return this.#log(site).page(cursor, this.#at.poll, overlapMs(this.#at.poll, this.#at.shape));
  }

  /** The page has arrived at a machine. */
  handed({ items, cursor }: Page, machine: string): void {
    const at = this.#at.world.now;
    const tries = items.map(({ given }) => {
      const made: Try = { at, region: machine, content: 0, turn: this.#turns++, answer: null };
      given.tries.push(made);
      return made;
    });
    if (cursor === null) return;
    this.#unacknowledged.set(cursor, [...(this.#unacknowledged.get(cursor) ?? []), ...tries]);
  }

  /** What the partner has in the end, at any site. */
  has(given: Given): boolean {
    return [...this.#logs.values()].some(({ items }) => items.some((item) => item.given === given));
  }

  #acknowledge(cursor: string | null): void {
    if (cursor === null) return;
    const answer = { at: this.#at.world.now, acknowledged: true };
    for (const made of this.#unacknowledged.get(cursor) ?? []) made.answer ??= answer;
    this.#unacknowledged.delete(cursor);
  }

  /** A primary or the secondary that rules makes all; of an active-active partner each site, or for a lost one another. */
  #makesAt(home: string | null): string | null {
    const { partner, shape } = this.#at;
    if (shape.mode === "active-active") return partner.speaksFor(home ?? this.#active);
    return partner.answers(this.#active) ? this.#active : null;
  }

  #put(site: string, given: Given): void {
    const { world, dice, poll } = this.#at;
    const number = (this.#numbers.get(site) ?? 0) + 1;
    this.#numbers.set(site, number);
    const stampedAt = Math.floor(world.now + (this.#clocks.get(site) ?? 0) - dice.next() * poll.lateMs);
    const item: Item = { given, origin: site, number, stampedAt };
    given.madeAt ??= world.now;
    given.makings++;
    this.#log(site).append(item);
    this.#replicate(item);
  }

  #replicate(item: Item): void {
    if (this.#logs.size === 1) return;
    this.#at.world.after(this.#at.shape.lagMs, () => {
      const { partner } = this.#at;
      if (!this.#log(item.origin).has(item) || !partner.isUp(item.origin)) return;
      const others = [...this.#logs.values()].filter(({ site }) => partner.isUp(site));
      for (const log of others) log.append(item);
      if (others.length < this.#logs.size) this.#replicate(item);
    });
  }

  /** Reading at another site is what tells the partner that the one that is down is given up. */
  #goOver(site: string): void {
    const { partner, shape, facts } = this.#at;
    for (const { site: other } of this.#logs.values()) {
      if (other === site || partner.isUp(other) || this.#overtaken.has(other)) continue;
      this.#overtaken.add(other);
      if (this.#lostOf(other).length > 0) facts.count(`forgot ${other}`);
      for (const { given } of this.#lostOf(other)) this.#reissue(given);
    }
    if (shape.mode === "active-active" || site === this.#active) return;
    // As planned, or without what was lost.
    if (partner.isUp(this.#active)) for (const item of this.#log(this.#active).items) this.#log(site).append(item);
    this.#active = site;
  }

  /** What only this site has. */
  #lostOf(site: string): readonly Item[] {
    const others = [...this.#logs.values()].filter((log) => log.site !== site);
    return this.#log(site).items.filter((item) => others.every((log) => !log.has(item)));
  }

  #reissue(given: Given): void {
    const { world, dice, poll } = this.#at;
    if (!dice.chance(poll.reissued)) return;
    const [low, high] = reissuedAfterMs;
    world.after(low + dice.next() * (high - low), () => this.make(given, () => {}));
  }

  #returned(site: string): void {
    const { partner, shape } = this.#at;
    const others = [...this.#logs.values()].filter((log) => log.site !== site && partner.isUp(log.site));
    const log = this.#log(site);
    if (this.#overtaken.delete(site)) {
      if (shape.mode === "primary-secondary") log.become(this.#log(this.#active));
      else log.forget(this.#lostOf(site));
    }
    for (const other of others) {
      for (const item of other.items) log.append(item);
      for (const item of log.items) other.append(item);
    }
  }

  #log(site: string): SourceLog {
    const log = this.#logs.get(site);
    if (log === undefined) throw new Error(`no site ${site}`);
    return log;
  }
}
