import type { Clock } from "../../core/ports.ts";

/** For how long things have been seen to stay as they are, by this process's own monotonic clock. */
export class Seen {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly value: string; readonly since: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It is so now. */
  see(name: string, value: string): void {
    if (this.#known.get(name)?.value !== value) this.#known.set(name, { value, since: this.#clock.monotonicMs() });
  }

  /** Since it was first seen to be what it is now, in milliseconds; 0 where it was not seen. */
  unchangedMs(name: string): number {
    const known = this.#known.get(name);
    return known === undefined ? 0 : this.#clock.monotonicMs() - known.since;
  }
}
