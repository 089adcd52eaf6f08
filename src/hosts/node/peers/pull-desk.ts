import type { Clock, Done, PullReply, PullRequest } from "../../../core/ports.ts";
import type { Region } from "../../../core/region.ts";

const lookMs = 20;

interface Waiting {
  readonly request: PullRequest;
  readonly done: Done<PullReply>;
}

/** Serves the pulls of peers, and sees to it at the end that they get what was written last. */
export class PullDesk {
  readonly #region: Region;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();

  constructor(region: Region, clock: Clock) {
    this.#region = region;
    this.#clock = clock;
  }

  serve(request: PullRequest, done: Done<PullReply>): void {
    const waiting: Waiting = { request, done };
    this.#waiting.add(waiting);
    this.#region.onPull(request, (reply) => this.#answer(waiting, reply));
  }

  /** After the region stopped: answers who waits for news, and gives peers time to read on. */
  finish(timeoutMs: number): Promise<void> {
    for (const waiting of [...this.#waiting]) {
      this.#region.onPull({ ...waiting.request, waitMs: 0 }, (reply) => this.#answer(waiting, reply));
    }
    const end = this.#clock.monotonicMs() + timeoutMs;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#allHaveAll() || this.#clock.monotonicMs() >= end) resolve();
        else this.#clock.after(lookMs, look);
      };
      look();
    });
  }

  /** Once: the region may still answer what was answered here. */
  #answer(waiting: Waiting, reply: PullReply): void {
    if (this.#waiting.delete(waiting)) waiting.done(reply);
  }

  #allHaveAll(): boolean {
    return Object.values(this.#region.status().peers).every(({ reachable, behind }) => !reachable || behind === 0);
  }
}
