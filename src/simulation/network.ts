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

/** Carries messages between places (machines, and the outside: partner sites and the giver), each way by itself. */
export class Network {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #weather: Weather;
  /** How many faults cut this way now: cuts overlap. */
  readonly #cuts = new Map<string, number>();
  readonly #calm: () => boolean;

  /** @param calm whether the weather is over: then nothing is lost, late or doubled */
  constructor(world: World, dice: Dice, weather: Weather, calm: () => boolean) {
    this.#world = world;
    this.#dice = dice;
    this.#weather = weather;
    this.#calm = calm;
  }

  cut(from: string, to: string): void {
    const way = `${from}>${to}`;
    this.#cuts.set(way, (this.#cuts.get(way) ?? 0) + 1);
  }

  heal(from: string, to: string): void {
    const way = `${from}>${to}`;
    const left = (this.#cuts.get(way) ?? 1) - 1;
    if (left > 0) this.#cuts.set(way, left);
    else this.#cuts.delete(way);
  }

  isCut(from: string, to: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${from}>${to}`);
  }

  latencyMs(): number {
    return this.#between(this.#weather.latencyMs);
  }

  /** Sends one message; `arrive` runs at the other end, not at all where it was lost, twice where it was doubled. */
  send(from: string, to: string, arrive: () => void): void {
    if (this.isCut(from, to)) return;
    const calm = this.#calm();
    if (!calm && this.#weather.lost > 0 && this.#dice.chance(this.#weather.lost)) return;
    const copies = !calm && this.#weather.twice > 0 && this.#dice.chance(this.#weather.twice) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = !calm && this.#weather.late > 0 && this.#dice.chance(this.#weather.late);
      const delay = this.latencyMs() + (late ? this.#between(this.#weather.lateMs) : 0);
      this.#world.after(delay, () => {
        if (!this.isCut(from, to)) arrive();
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
    handle: (reply: (value: T) => void) => void,
    done: (value: T | null) => void,
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
    const answer = (value: T | null): void => this.send(to.name, from.name, () => from.run(caller, () => end(value)));
    this.send(from.name, to.name, () => {
      if (!to.up) return answer(null);
      to.run(to.generation, () => handle(answer));
    });
  }

  #between([low, high]: readonly [number, number]): number {
    return low + this.#dice.next() * (high - low);
  }
}
