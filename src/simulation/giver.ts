import { payloadOf } from "./content.ts";
import type { Given, Ledgers, Try } from "./ledgers.ts";
import { identityOf } from "./ledgers.ts";
import type { Machine } from "./process.ts";
import type { Gift, Schedule } from "./schedule.ts";
import type { World } from "./world.ts";

/** Gives one message to one region; `done(true)` when it was acknowledged, false when refused or not answered. */
export type Give = (region: string, gift: Gift, payload: string, done: (acknowledged: boolean) => void) => void;

const retryMs = 700;

/**
 * Those who give: a partner that calls us, and services that publish events. Each repeats until it is acknowledged,
 * going to the next region after a refusal or no answer.
 */
export class Giver {
  readonly #world: World;
  readonly #machine: Machine;
  readonly #schedule: Schedule;
  readonly #ledgers: Ledgers;
  readonly #give: Give;
  /** The last gift of each connector and key that is still given: the next of its key waits. */
  readonly #last = new Map<string, { done: boolean; next: (() => void)[] }>();
  #open = 0;

  constructor(world: World, machine: Machine, schedule: Schedule, ledgers: Ledgers, give: Give) {
    this.#world = world;
    this.#machine = machine;
    this.#schedule = schedule;
    this.#ledgers = ledgers;
    this.#give = give;
  }

  /** Whether everything was given and acknowledged. */
  get finished(): boolean {
    return this.#open === 0;
  }

  start(): void {
    this.#machine.start();
    for (const gift of this.#schedule.gifts) {
      this.#open++;
      this.#world.at(gift.at, () => this.#begin(gift));
    }
  }

  #begin(gift: Gift): void {
    const given: Given = { gift, identity: identityOf(gift), tries: [] };
    this.#ledgers.given.set(given.identity, given);
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
    const made: Try = { at: this.#world.now, region, content: version, answer: null };
    given.tries.push(made);
    this.#give(region, given.gift, payloadOf(given.gift, version), (acknowledged) => {
      made.answer = { at: this.#world.now, acknowledged };
      if (acknowledged) return done();
      this.#world.after(retryMs, () => this.#try(given, this.#next(region), version, done));
    });
  }

  #next(region: string): string {
    const { regions } = this.#schedule.shape;
    return regions[(regions.indexOf(region) + 1) % regions.length] ?? region;
  }
}
