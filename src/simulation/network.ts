import type { Facts } from "./facts.ts";
import type { Machine } from "./process.ts";
import type { Dice } from "./random.ts";
import type { World } from "./world.ts";

/** How messages travel. Times in milliseconds, each drawn uniformly. */
export interface Weather {
  readonly latencyMs: readonly [number, number];
  /** Probability that a message is late, and by how much. */
  readonly late: number;
  readonly lateMs: readonly [number, number];
  /** Probability that a message arrives twice. */
  readonly twice: number;
  /** Probability that a message is lost. */
  readonly lost: number;
}

export const calm: Weather = { latencyMs: [5, 40], late: 0, lateMs: [0, 0], twice: 0, lost: 0 };
export const rough: Weather = { latencyMs: [5, 120], late: 0.02, lateMs: [200, 6_000], twice: 0.02, lost: 0.01 };

/** What lies between two places: the partner's sites are far, all else is near. */
export interface Ways {
  readonly near: Weather;
  readonly link: Weather;
  readonly sites: readonly string[];
}

/** What a message needs of its way. */
export interface Freight {
  /** Longer than what a narrow link carries. */
  readonly large: boolean;
}

const small: Freight = { large: false };

/** Carries messages between places (machines, and the outside: partner sites and the giver), each way by itself. */
export class Network {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #ways: Ways;
  readonly #sites: ReadonlySet<string>;
  readonly #facts: Facts;
  /** How many faults cut this way now: cuts overlap. */
  readonly #cuts = new Map<string, number>();
  /** Ways that carry small messages only. */
  readonly #narrow = new Map<string, number>();
  readonly #calm: () => boolean;

  /** @param calm whether the weather is over: then nothing is lost, late or doubled */
  constructor(world: World, dice: Dice, ways: Ways, facts: Facts, calm: () => boolean) {
    this.#world = world;
    this.#dice = dice;
    this.#ways = ways;
    this.#sites = new Set(ways.sites);
    this.#facts = facts;
    this.#calm = calm;
  }

  cut(from: string, to: string): void {
    more(this.#cuts, `${from}>${to}`);
  }

  heal(from: string, to: string): void {
    less(this.#cuts, `${from}>${to}`);
  }

  narrow(from: string, to: string): void {
    more(this.#narrow, `${from}>${to}`);
  }

  widen(from: string, to: string): void {
    less(this.#narrow, `${from}>${to}`);
  }

  isCut(from: string, to: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${from}>${to}`);
  }

  latencyMs(from: string, to: string): number {
    return this.#between(this.#weather(from, to).latencyMs);
  }

  /** Sends one message; `arrive` runs at the other end, not at all where it was lost, twice where it was doubled. */
  send(from: string, to: string, arrive: () => void, freight: Freight = small): void {
    if (this.isCut(from, to)) return this.#facts.count(`stopped ${from} ${to}`);
    if (freight.large && this.#narrow.has(`${from}>${to}`)) return this.#facts.count(`stalled ${from} ${to}`);
    const weather = this.#weather(from, to);
    const calm = this.#calm();
    if (!calm && weather.lost > 0 && this.#dice.chance(weather.lost)) return;
    const copies = !calm && weather.twice > 0 && this.#dice.chance(weather.twice) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = !calm && weather.late > 0 && this.#dice.chance(weather.late);
      const delay = this.#between(weather.latencyMs) + (late ? this.#between(weather.lateMs) : 0);
      this.#world.after(delay, () => {
        if (this.isCut(from, to)) this.#facts.count(`stopped ${from} ${to}`);
        else arrive();
      });
    }
  }

  /**
   * A request from one machine to another. `done(null)` after `timeoutMs` of the caller's clock; a machine that is down
   * refuses at once.
   */
  call<T>(
    from: Machine,
    to: Machine,
    timeoutMs: number,
    handle: (reply: (value: T, freight?: Freight) => void) => void,
    done: (value: T | null) => void,
    freight: Freight = small,
  ): void {
    const caller = from.generation;
    let answered = false;
    const timer = from.clock().after(timeoutMs, () => end(null));
    const end = (value: T | null): void => {
      if (answered) return;
      answered = true;
      timer.cancel();
      done(value);
    };
    const answer = (value: T | null, back: Freight = small): void =>
      this.send(to.name, from.name, () => from.run(caller, () => end(value)), back);
    const arrive = (): void => {
      if (!to.up) return answer(null);
      to.run(to.generation, () => handle(answer));
    };
    this.send(from.name, to.name, arrive, freight);
  }

  #weather(from: string, to: string): Weather {
    return this.#sites.has(from) || this.#sites.has(to) ? this.#ways.link : this.#ways.near;
  }

  #between([low, high]: readonly [number, number]): number {
    return low + this.#dice.next() * (high - low);
  }
}

const more = (counts: Map<string, number>, what: string): void => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
};

const less = (counts: Map<string, number>, what: string): void => {
  const left = (counts.get(what) ?? 1) - 1;
  if (left > 0) counts.set(what, left);
  else counts.delete(what);
};
