import { payloadOf } from "./content.ts";
import type { Facts } from "./facts.ts";
import type { Given, Ledgers, Try } from "./ledgers.ts";
import { identityOf } from "./ledgers.ts";
import type { Partner } from "./partner.ts";
import { Machine } from "./process.ts";
import { type Gift, type Schedule, sitesOf } from "./schedule-model.ts";
import type { SourceBook } from "./source-book.ts";
import type { World } from "./world.ts";

/** One giving of one message, from a place to a region. */
export interface Giving {
  readonly from: Machine;
  readonly region: string;
  readonly gift: Gift;
  readonly payload: string;
}

/** `done(true)` when it was acknowledged, false when refused or not answered. */
export type Give = (giving: Giving, done: (acknowledged: boolean) => void) => void;

const retryMs = 700;

/** Another site has taken over by then, where there is one, in milliseconds. */
const repeatsAfterMs = 2_000;

/** Where services of ours publish from. */
export const giverName = "giver";

/**
 * Those who give: a partner's sites that call us, and services that publish events. Each repeats until it is
 * acknowledged, going to the next region after a refusal or no answer. For a site that is lost another one calls, which
 * repeats what it does not know to have been acknowledged.
 */
export class Giver {
  readonly #world: World;
  readonly #places: ReadonlyMap<string, Machine>;
  readonly #partner: Partner;
  readonly #books: ReadonlyMap<string, SourceBook>;
  readonly #facts: Facts;
  readonly #schedule: Schedule;
  readonly #ledgers: Ledgers;
  readonly #give: Give;
  /** The last gift of each connector and key that is still given: the next of its key waits. */
  readonly #last = new Map<string, { done: boolean; next: (() => void)[] }>();
  #open = 0;

  constructor(
    world: World,
    partner: Partner,
    books: ReadonlyMap<string, SourceBook>,
    facts: Facts,
    schedule: Schedule,
    ledgers: Ledgers,
    give: Give,
  ) {
    this.#books = books;
    this.#world = world;
    this.#partner = partner;
    this.#facts = facts;
    this.#schedule = schedule;
    this.#ledgers = ledgers;
    this.#give = give;
    const exact = { rate: 1, wallDrifts: false, wallOffsetMs: 0 };
    const names = [giverName, ...sitesOf(schedule.shape.partner)];
    this.#places = new Map(names.map((name) => [name, new Machine(name, world, exact)]));
    partner.onLoss((site) => world.after(repeatsAfterMs, () => this.#repeatFor(site)));
  }

  /** Whether everything was given and acknowledged. */
  get finished(): boolean {
    return this.#open === 0;
  }

  start(): void {
    for (const place of this.#places.values()) place.start();
    for (const gift of this.#schedule.gifts) {
      this.#open++;
      this.#world.at(gift.at, () => {
        this.#open--;
        this.#begin(gift);
      });
    }
  }

  #begin(gift: Gift): void {
    const given: Given = { gift, identity: identityOf(gift), tries: [], madeAt: null, makings: 0 };
    this.#ledgers.given.set(given.identity, given);
    this.#make(given);
    if (!gift.pushed) return;
    this.#open++;
    this.#inTurn(gift, (done) => {
      this.#try(given, gift.region, 0, () => {
        this.#open--;
        done();
      });
      const { again } = gift;
      if (again === null) return;
      this.#open++;
      this.#world.after(again.afterMs, () =>
        this.#try(given, again.region, again.otherContent ? 1 : 0, () => this.#open--),
      );
    });
  }

  /** What is read comes to be at a site of the partner. */
  #make(given: Given): void {
    const book = this.#books.get(given.gift.connector);
    if (book === undefined) return;
    this.#open++;
    book.make(given, () => this.#open--);
  }

  #inTurn(gift: Gift, give: (done: () => void) => void): void {
    if (!this.#schedule.shape.giverWaits || gift.key === null) return give(() => {});
    const lane = `${gift.connector} ${gift.key}`;
    const before = this.#last.get(lane);
    const mine = { done: false, next: [] as (() => void)[] };
    this.#last.set(lane, mine);
    const start = (): void =>
      give(() => {
        mine.done = true;
        for (const start of mine.next) start();
      });
    if (before === undefined || before.done) start();
    else before.next.push(start);
  }

  #try(given: Given, region: string, version: number, done: () => void): void {
    const { gift } = given;
    const from = this.#places.get(gift.site === null ? giverName : (this.#partner.speaksFor(gift.site) ?? ""));
    if (from === undefined) {
      this.#world.after(retryMs, () => this.#try(given, region, version, done));
      return;
    }
    const made: Try = { at: this.#world.now, region, content: version, turn: null, answer: null };
    given.tries.push(made);
    this.#give({ from, region, gift, payload: payloadOf(gift, version) }, (acknowledged) => {
      made.answer = { at: this.#world.now, acknowledged };
      if (acknowledged) return done();
      this.#world.after(retryMs, () => this.#try(given, this.#next(region), version, done));
    });
  }

  /** What a lost site had not told the others, they do not know to have been given. */
  #repeatFor(site: string): void {
    if (this.#partner.isUp(site)) return;
    const since = this.#world.now - repeatsAfterMs - this.#schedule.shape.partner.lagMs;
    for (const given of this.#ledgers.given.values()) {
      const answered = given.tries.find(({ answer }) => answer?.acknowledged === true);
      if (given.gift.site !== site || answered === undefined || answered.at < since) continue;
      this.#facts.count(`forgot ${site}`);
      this.#open++;
      this.#try(given, answered.region, 0, () => this.#open--);
    }
  }

  #next(region: string): string {
    const { regions } = this.#schedule.shape;
    return regions[(regions.indexOf(region) + 1) % regions.length] ?? region;
  }
}
