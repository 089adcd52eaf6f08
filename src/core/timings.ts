/** Lease timings of an environment, in milliseconds (protocol rule 4). */
export interface LeaseTimings {
  readonly ttlMs: number;
  /** Subtracted by holders: covers the difference in clock rate within one ttl. */
  readonly marginMs: number;
  readonly requestTimeoutMs: number;
}

/** A failed write of a voter or a request that may have been granted is treated as no answer. */
export const renewEveryMs = (timings: LeaseTimings): number => timings.ttlMs / 4;
