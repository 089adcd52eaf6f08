import type { Against } from "../define/taxonomy.ts";

/** How one region judges one site of a partner from its own requests and probes. Times are monotonic milliseconds. */
export interface BreakerState {
  readonly kind: "closed" | "open" | "half-open";
  readonly consecutiveFailures: number;
  /** First failure of the site since the last good answer; null while nothing speaks against it. */
  readonly failingSince: number | null;
  /** Open: when the next trial may go. */
  readonly retryAt: number;
  /** How often it opened in a row. */
  readonly openings: number;
  readonly reason: string;
}

export const closedBreaker: BreakerState = {
  kind: "closed",
  consecutiveFailures: 0,
  failingSince: null,
  retryAt: 0,
  openings: 0,
  reason: "",
};

export interface BreakerPolicy {
  /** Failures in a row that open it. */
  readonly failures: number;
  readonly firstRestMs: number;
  readonly longestRestMs: number;
}

export const afterSuccess = (): BreakerState => closedBreaker;

/**
 * @param against a site that refuses our credentials is spared our requests, but it does not fail: nothing is switched for
 *   it. One that the link does not reach fails for us, but is not charged: its breaker stays as it is
 */
export const afterFailure = (
  state: BreakerState,
  policy: BreakerPolicy,
  now: number,
  reason: string,
  against: Against = "site",
): BreakerState => {
  const consecutiveFailures = state.consecutiveFailures + (against === "link" ? 0 : 1);
  const failingSince = against === "credentials" ? state.failingSince : (state.failingSince ?? now);
  const isCharged = against !== "link" && consecutiveFailures >= policy.failures;
  const opens = state.kind === "half-open" || (state.kind === "closed" && isCharged);
  if (!opens) return { ...state, consecutiveFailures, failingSince, reason };
  const rest = Math.min(policy.longestRestMs, policy.firstRestMs * 2 ** Math.min(state.openings, 20));
  return {
    kind: "open",
    consecutiveFailures,
    failingSince,
    retryAt: now + rest,
    openings: state.openings + 1,
    reason,
  };
};

/** The trial that an open breaker lets through once its rest is over. */
export const afterTrialBegan = (state: BreakerState): BreakerState => ({ ...state, kind: "half-open" });

export type Passage =
  | { readonly kind: "pass" }
  | { readonly kind: "trial" }
  | { readonly kind: "rest"; readonly untilMs: number };

/** Whether a request may go to the site now. `rest` until null-time means: after the trial under way. */
export const passage = (state: BreakerState, now: number): Passage => {
  if (state.kind === "closed") return { kind: "pass" };
  if (state.kind === "half-open") return { kind: "rest", untilMs: Number.POSITIVE_INFINITY };
  return now >= state.retryAt ? { kind: "trial" } : { kind: "rest", untilMs: state.retryAt };
};

/**
 * Full jitter: uniform between 0 and the doubled wait, capped (Marc Brooker, "Exponential Backoff And Jitter").
 *
 * @param attempt 1 after the first attempt
 */
export const backoffMs = (
  retry: { readonly firstMs: number; readonly capMs: number },
  attempt: number,
  random: () => number,
): number => random() * Math.min(retry.capMs, retry.firstMs * 2 ** Math.min(attempt - 1, 40));
