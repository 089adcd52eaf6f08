import type { Clock } from "../../core/ports.ts";

/** Longest delay that a timer of Node can have; a longer one would run at once. */
const longestDelayMs = 2 ** 31 - 1;

/** The machine's own time. */
export const nodeClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestDelayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
