import type { Clock } from "../../../core/ports.ts";

/** Seconds that a rate is the mean of. */
const span = 10;

interface Seconds {
  readonly counts: number[];
  /** The second that was counted last, by the monotonic clock. */
  last: number;
  /** Monotonic. */
  lastAddedMs: number;
}

/** How many per second, over the last ten seconds, by connector. */
export class Rates {
  readonly #clock: Clock;
  readonly #connectors = new Map<string, Seconds>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connector: string, count: number): void {
    let seconds = this.#connectors.get(connector);
    if (seconds === undefined) {
      seconds = { counts: new Array<number>(span).fill(0), last: this.#second(), lastAddedMs: 0 };
      this.#connectors.set(connector, seconds);
    }
    this.#advance(seconds);
    seconds.lastAddedMs = this.#clock.monotonicMs();
    const at = seconds.last % span;
    seconds.counts[at] = (seconds.counts[at] ?? 0) + count;
  }

  of(connector: string): number {
    const seconds = this.#connectors.get(connector);
    if (seconds === undefined) return 0;
    this.#advance(seconds);
    return seconds.counts.reduce((sum, count) => sum + count, 0) / span;
  }

  /** How long since anything was counted, in milliseconds; null: nothing ever was. */
  quietForMs(connector: string): number | null {
    const seconds = this.#connectors.get(connector);
    return seconds === undefined ? null : this.#clock.monotonicMs() - seconds.lastAddedMs;
  }

  #second(): number {
    return Math.floor(this.#clock.monotonicMs() / 1_000);
  }

  #advance(seconds: Seconds): void {
    const now = this.#second();
    for (let second = Math.max(seconds.last, now - span) + 1; second <= now; second += 1) {
      seconds.counts[second % span] = 0;
    }
    seconds.last = now;
  }
}
