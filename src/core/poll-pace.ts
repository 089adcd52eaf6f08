import { backoffMs } from "./breaker.ts";
import type { GapQuestions, PollPorts } from "./poller-ports.ts";
import type { Answer, Clock, Random } from "./ports.ts";
import type { ReadingPlan } from "./reading-plan.ts";

type Retry = { readonly firstMs: number; readonly capMs: number };

/** When a poller reads next: run by run, each until the source has no more. Times are monotonic milliseconds. */
export class PollPace {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #gaps: GapQuestions;
  readonly #quietRunMs: number;
  #running = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  /** The first run is due at once. */
  #nextRunAt = Number.NEGATIVE_INFINITY;
  /** Why it pauses; empty where the last reading went well. */
  #trouble = "";
  #isRefused = false;

  constructor(ports: Pick<PollPorts, "clock" | "random" | "gaps" | "rules">) {
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.#gaps = ports.gaps;
    this.#quietRunMs = ports.rules.quietRunMs;
  }

  get trouble(): string {
    return this.#trouble;
  }

  /** The last reading was refused for good. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  dueAt(when: ReadingPlan["when"]): number {
    if (this.#running) return this.#notBefore;
    const gapAt = when.kind === "gap" ? this.#gaps.dueAt() : Number.POSITIVE_INFINITY;
    return Math.max(this.#notBefore, Math.min(this.#nextRunAt, gapAt));
  }

  began(): void {
    if (this.#running) return;
    this.#running = true;
    this.#gaps.asked();
  }

  /** What a page brought is durable. */
  ended(more: boolean, when: ReadingPlan["when"]): void {
    if (more) return;
    this.#running = false;
    this.#gaps.concluded();
    // Regions and connectors that began together must not ask together for ever.
    const everyMs = when.kind === "every" ? when.everyMs : this.#quietRunMs;
    this.#nextRunAt = this.#clock.monotonicMs() + everyMs * (0.9 + this.#random() / 10);
  }

  answeredWell(): void {
    this.#failures = 0;
    this.#trouble = "";
    this.#isRefused = false;
  }

  failed(answer: Answer, retry: Retry): void {
    this.#failures += 1;
    this.#trouble = answer.reason;
    this.#isRefused = answer.verdict === "fault";
    this.#notBefore = this.#clock.monotonicMs() + this.#pauseMs(answer, retry);
  }

  /** What it failed at may be over. */
  retryNow(): void {
    this.#notBefore = Number.NEGATIVE_INFINITY;
  }

  /** What is refused for good is refused again: only a person at theirs or at ours can change it. */
  #pauseMs({ verdict, waitMs }: Answer, retry: Retry): number {
    if (verdict === "fault") return retry.capMs * (0.5 + this.#random() / 2);
    return waitMs ?? backoffMs(retry, this.#failures, this.#random);
  }
}
