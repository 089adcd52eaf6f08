import type { LeaseTimings } from "../../../core/timings.ts";
import type { EngineTimes } from "./engine.ts";

/** Writing down how it ended and handing over takes this long at most, after the last request has. Milliseconds. */
const handOverMs = 5_000;

export const engineTimes = ({ ttlMs, requestTimeoutMs }: LeaseTimings): EngineTimes => ({
  lookMs: 200,
  stillLookMs: 500,
  quietMs: Math.min(2_000, ttlMs / 4),
  nearMs: 10_000,
  stopMs: requestTimeoutMs + handOverMs,
});
