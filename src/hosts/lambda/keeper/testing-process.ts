import type { Clock, Timer } from "../../../core/ports.ts";
import type { TestClock } from "../../../core/testing.ts";

/** The time of one process, which may be frozen: then nothing runs in it, and what is due runs when it wakes. */
export class ProcessClock implements Clock {
  readonly #clock: TestClock;
  readonly #wallOffsetMs: number;
  readonly #stands: boolean;
  #frozenAt: number | null = null;
  #stoodMs = 0;
  #held: (() => void)[] = [];

  /**
   * @param wallOffsetMs how far its wall clock is off
   * @param stands whether its monotonic clock stands still while it is frozen
   */
  constructor(clock: TestClock, wallOffsetMs: number, stands: boolean) {
    this.#clock = clock;
    this.#wallOffsetMs = wallOffsetMs;
    this.#stands = stands;
  }

  get isFrozen(): boolean {
    return this.#frozenAt !== null;
  }

  wallMs(): number {
    return this.#clock.wallMs() + this.#wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs() - this.#stoodMs;
  }

  after(delayMs: number, run: () => void): Timer {
    let isCancelled = false;
    const due = (): void => {
      if (isCancelled) return;
      if (this.isFrozen) this.#held.push(due);
      else run();
    };
    const timer = this.#clock.after(delayMs, due);
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  freeze(ms: number): void {
    if (this.isFrozen) return;
    this.#frozenAt = this.#clock.monotonicMs();
    this.#clock.after(ms, () => {
      if (this.#stands) this.#stoodMs += ms;
      this.#frozenAt = null;
      const held = this.#held;
      this.#held = [];
      for (const run of held) run();
    });
  }
}
