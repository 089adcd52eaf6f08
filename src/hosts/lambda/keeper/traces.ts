import type { Clock, Timer } from "../../../core/ports.ts";
import { type ToldHealth, tellHealth, toldHealth } from "../runtime/health.ts";
import { longestTraceMs, type TracePlace, trace } from "./trace.ts";

/** A trace goes so often; after one that did not get through the next goes sooner. Milliseconds. */
const everyMs = 60_000;
const soonMs = 10_000;

export interface TracesOptions extends TracePlace {
  /** Of this call of the keeper: never used again. */
  readonly id: string;
  /** None is begun that could not end before. Monotonic, ms. */
  readonly until: number;
}

/** Sends a trace each minute, over all calls of the keeper, and tells what became of it. */
export class Traces {
  readonly #options: TracesOptions;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #underWay: Promise<void> = Promise.resolve();
  #sent = 0;
  #stopped = false;

  constructor(options: TracesOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  start(): void {
    toldHealth(this.#options.regionalTable, (told) => this.#next(told));
  }

  /** Sends no more; resolves when the last one is over. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    return this.#underWay;
  }

  #next(told: ToldHealth | null): void {
    const now = this.#clock.wallMs();
    const dueMs = told === null ? 0 : Math.max(0, Math.min(everyMs, told.at + pauseAfter(told) - now));
    if (this.#stopped || this.#clock.monotonicMs() + dueMs + longestTraceMs > this.#options.until) return;
    this.#timer = this.#clock.after(dueMs, () => {
      this.#underWay = this.#send();
    });
  }

  async #send(): Promise<void> {
    this.#sent += 1;
    const told = await trace(this.#options, `${this.#options.id}.${this.#sent}`);
    await new Promise<void>((done) => tellHealth(this.#options.regionalTable, told, done));
    this.#next(told);
  }
}

const pauseAfter = ({ accept, act }: ToldHealth): number => (accept.well && act?.well !== false ? everyMs : soonMs);
