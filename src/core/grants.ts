import type { Clock } from "./ports.ts";
import { majorityValue, type VoterSets } from "./quorum.ts";
import type { LeaseTimings } from "./timings.ts";

/** One moment on both clocks of a process. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonicMs(), wall: clock.wallMs() });

/** Elapsed by the clock that saw more of it: a suspended machine stops one, a stepped clock turns back the other. */
export const elapsedMs = (since: Moment, clock: Clock): number =>
  Math.max(clock.monotonicMs() - since.monotonic, clock.wallMs() - since.wall);

/** What voters granted to a holder for one epoch, and for how long (protocol rule 4). */
export class Grants {
  readonly #timings: LeaseTimings;
  readonly #voterSets: VoterSets;
  readonly #clock: Clock;
  /** Start of the latest granted request, per voter. */
  readonly #startedAt = new Map<string, Moment>();

  constructor(timings: LeaseTimings, voterSets: VoterSets, clock: Clock) {
    this.#timings = timings;
    this.#voterSets = voterSets;
    this.#clock = clock;
  }

  /** @param start of the request that was granted */
  take(voter: string, start: Moment): void {
    this.#startedAt.set(voter, start);
  }

  /** How long a majority still grants, in milliseconds; below 0 where none does. */
  remainingMs(): number {
    const { ttlMs, marginMs } = this.#timings;
    return majorityValue(this.#voterSets, (voter) => {
      const start = this.#startedAt.get(voter);
      return start === undefined ? Number.NEGATIVE_INFINITY : ttlMs - marginMs - elapsedMs(start, this.#clock);
    });
  }
}
