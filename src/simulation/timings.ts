export const leaseTimings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };

/** A process that is asked to stop is gone after this, in milliseconds. */
export const stopsWithinMs = 8_000;

/** Wall clocks of regions are taken to agree within this, in milliseconds, where a partner may lose its last events. */
export const wallSkewMs = 400;
