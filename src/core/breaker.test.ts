import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterFailure,
  afterSuccess,
  afterTrialBegan,
  type BreakerState,
  backoffMs,
  closedBreaker,
  passage,
} from "./breaker.ts";

const policy = { failures: 3, firstRestMs: 100, longestRestMs: 1_000 };
const failed = (times: number, from: BreakerState = closedBreaker): BreakerState =>
  Array.from({ length: times }).reduce<BreakerState>((state) => afterFailure(state, policy, 0, "down"), from);

describe("a breaker", () => {
  test("stays closed below the limit, and remembers since when it fails", () => {
    expect(failed(2)).toMatchObject({ kind: "closed", failingSince: 0 });
  });

  test("opens at the limit and rests", () => {
    expect(passage(failed(3), 99)).toEqual({ kind: "rest", untilMs: 100 });
  });

  test("lets one trial through after its rest, and no second one meanwhile", () => {
    const open = failed(3);
    expect(passage(open, 100)).toEqual({ kind: "trial" });
    expect(passage(afterTrialBegan(open), 100)).toMatchObject({ kind: "rest" });
  });

  test("rests longer after each failed trial, up to the longest", () => {
    const once = afterFailure(afterTrialBegan(failed(3)), policy, 100, "down");
    expect(once).toMatchObject({ kind: "open", retryAt: 300 });
    const often = Array.from({ length: 20 }).reduce<BreakerState>(
      (state) => afterFailure(afterTrialBegan(state), policy, 0, "down"),
      once,
    );
    expect(often.retryAt).toBe(1_000);
  });

  test("is not charged for a dead link: it stays closed, and the site is known to fail for us", () => {
    const cut = Array.from({ length: 20 }).reduce<BreakerState>(
      (state, _, at) => afterFailure(state, policy, at, "no route", "link"),
      closedBreaker,
    );
    expect(cut).toMatchObject({ kind: "closed", failingSince: 0, reason: "no route" });
    expect(afterFailure(afterTrialBegan(failed(3)), policy, 100, "no route", "link").kind).toBe("open");
  });

  test("forgets everything after a good answer", () => {
    expect(afterSuccess()).toEqual(closedBreaker);
  });
});

test("a retry waits anything between nothing and its doubled, capped wait", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, dice) => {
      const waitMs = backoffMs({ firstMs: 100, capMs: 5_000 }, attempt, () => dice);
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(Math.min(5_000, 100 * 2 ** (attempt - 1)));
    }),
  );
});
