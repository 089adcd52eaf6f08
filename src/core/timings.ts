/** Lease timings of an environment, in milliseconds (protocol rule 4). */
export interface LeaseTimings {
  readonly ttlMs: number;
  /** Subtracted by holders: covers the difference in clock rate within one ttl. */
  readonly marginMs: number;
  readonly requestTimeoutMs: number;
}

/** A failed write of a voter or a request that may have been granted is treated as no answer. */
export const renewEveryMs = (timings: LeaseTimings): number => timings.ttlMs / 4;

/** How often a lease that another holds is looked at. Home looks more often, so that it is the first to see it free. */
export const lookEveryMs = (timings: LeaseTimings, isHome: boolean): number => renewEveryMs(timings) / (isHome ? 4 : 1);

/** For how long, at most, a lease must have been free before it is asked for: home asks at once, others give it time. */
export const patienceMs = (timings: LeaseTimings, isHome: boolean): number => (isHome ? 0 : renewEveryMs(timings) / 2);

/**
 * From the loss of a holder until a region that is not home acts, at most, where a majority of the voters answers at
 * once: the lease ends, is seen to be free, is asked for, and what peers hold is read.
 *
 * @param readMs a peer that does not answer for this long is passed over
 */
export const takeoverWithinMs = (timings: LeaseTimings, readMs: number): number =>
  timings.ttlMs + lookEveryMs(timings, false) + patienceMs(timings, false) + readMs;
