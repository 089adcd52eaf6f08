import type { Clock, Timer } from "../../core/ports.ts";

/** Time that passes when it is told to: what waits for time decides as it would at run time. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: readonly { readonly at: number; readonly run: () => void }[] = [];

  wallMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers = [...this.#timers, timer];
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((each) => each !== timer);
      },
    };
  }

  /** Lets time pass up to the next timer. @returns whether there was one by then */
  step(until: number): boolean {
    const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
    if (next === undefined || next.at > until) return false;
    this.#timers = this.#timers.filter((each) => each !== next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
}
