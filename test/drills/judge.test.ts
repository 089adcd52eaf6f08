import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Line } from "../partner/ledger.ts";
import type { Given } from "./giver.ts";
import { judge, siteInUse } from "./judge.ts";
import { deliveries } from "./payloads.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const timeAt = (ms: number): string => new Date(start + ms).toISOString();

const give = (id: string, more: Partial<Given> = {}): Given => ({
  id,
  event: "push",
  key: "a/b",
  billed: true,
  attempts: [],
  acknowledgedBy: "east",
  acknowledgedAt: start,
  ...more,
});

type Request = Extract<Line, { kind: "request" }>;
const request = (id: string, effect: number | null, more: Partial<Request> = {}): Request => ({
  kind: "request",
  time: timeAt(effect ?? 0),
  site: "primary",
  id,
  key: "a/b",
  verified: true,
  duplicate: false,
  digest: "",
  sequence: null,
  effect,
  status: 200,
  fault: "none",
  traceparent: null,
  ...more,
});
const replicated = (id: string, effect: number, merged = false): Line => ({
  kind: "replicated",
  time: timeAt(effect),
  site: "secondary",
  from: "primary",
  effect,
  id,
  merged,
});
const lost = (id: string, effect: number): Line => ({ kind: "lost", time: timeAt(0), site: "primary", effect, id });

test("an independent count over the payloads: 329 given, 277 due an invoice", () => {
  const all = deliveries(1);
  expect(all).toHaveLength(329);
  expect(new Set(all.map(({ id }) => id)).size).toBe(329);
  expect(all.filter(({ billed }) => billed)).toHaveLength(277);
  expect(deliveries(1)).toEqual(all);
  expect(deliveries(2)[0]?.id).not.toBe(all[0]?.id);
});

describe("lost and received", () => {
  test("everything taken in order is clean", () => {
    const verdict = judge([give("1"), give("2")], [request("1", 1), request("2", 2)]);
    expect(verdict).toMatchObject({ given: 2, acknowledged: 2, received: 2, lost: 0, invented: 0, outOfOrder: 0 });
    expect(verdict).toMatchObject({ wireDuplicates: 0, duplicateEffects: 0, takeoverMs: null, siteSwitchMs: null });
  });

  test("acknowledged and never taken is lost; not acknowledged is not", () => {
    const unacknowledged = give("2", { acknowledgedAt: null, acknowledgedBy: null });
    expect(judge([give("1"), unacknowledged], [])).toMatchObject({ given: 2, acknowledged: 1, lost: 1 });
  });

  test("acknowledged without an invoice due is not lost", () => {
    expect(judge([give("1", { billed: false })], [])).toMatchObject({ acknowledged: 1, received: 0, lost: 0 });
  });

  test("what died with the primary is lost until it is delivered again, in its order", () => {
    const given = [give("1"), give("2")];
    const before = [request("1", 1), replicated("1", 1), request("2", 2), lost("2", 2)];
    expect(judge(given, before)).toMatchObject({ received: 1, lost: 1 });
    const again = request("2", 3, { site: "secondary" });
    expect(judge(given, [...before, again])).toMatchObject({ received: 2, lost: 0, wireDuplicates: 1 });
    expect(judge(given, [...before, again])).toMatchObject({ duplicateEffects: 0, outOfOrder: 0 });
  });

  test("a request that nobody signed is neither received nor invented", () => {
    expect(judge([], [request("x", null, { verified: false, status: 401 })])).toMatchObject({
      received: 0,
      invented: 0,
    });
  });

  test("an answer of 200 without an effect, the taker's error in a 200, is not received", () => {
    expect(judge([give("1")], [request("1", null)])).toMatchObject({ received: 0, lost: 1 });
  });
});

describe("invented", () => {
  test.each([
    ["an identity that nobody gave", [], "x"],
    ["an identity that is due no invoice", [give("x", { billed: false })], "x"],
    ["an identity under another key", [give("x", { key: "c/d" })], "x"],
  ])("%s", (_, given, id) => {
    expect(judge(given, [request(id, 1)])).toMatchObject({ invented: 1 });
  });
});

describe("duplicates", () => {
  test("the same identity twice at a taker that acts twice", () => {
    const ledger = [request("1", 1), request("1", 2, { duplicate: true })];
    expect(judge([give("1")], ledger)).toMatchObject({ wireDuplicates: 1, duplicateEffects: 1, received: 1 });
  });

  test("two sites that merged one identity acted once", () => {
    const ledger: Line[] = [request("1", 1), request("1", 2, { site: "secondary" })];
    expect(judge([give("1")], ledger)).toMatchObject({ duplicateEffects: 1 });
    ledger.push(replicated("1", 1, true));
    expect(judge([give("1")], ledger)).toMatchObject({ duplicateEffects: 0, received: 1 });
  });
});

describe("times", () => {
  const kill = { region: "east", at: start + 100 };

  test("takeover ends with the last of the invoices that were open at the kill", () => {
    const given = [give("1"), give("2"), give("3"), give("4", { acknowledgedAt: start + 900 })];
    const ledger = [request("1", 50), request("2", 400), request("3", 700), request("4", 1_000)];
    expect(judge(given, ledger, { kill }).takeoverMs).toBe(600);
  });

  test("an open invoice that never came means no takeover", () => {
    expect(judge([give("1"), give("2")], [request("1", 400)], { kill }).takeoverMs).toBeNull();
  });

  test("with nothing open it ends when a survivor holds the duties", () => {
    const moved = { kill: { ...kill, dutyMovedAt: start + 350 } };
    expect(judge([give("1")], [request("1", 50)], moved).takeoverMs).toBe(250);
  });

  test("site switch ends with the first invoice at the secondary", () => {
    const ledger = [
      request("1", 50),
      request("2", 400, { site: "secondary" }),
      request("3", 500, { site: "secondary" }),
    ];
    expect(judge([], ledger, { siteStop: { site: "primary", at: start + 100 } }).siteSwitchMs).toBe(300);
  });
});

test("the site in use is the one that took an invoice last", () => {
  expect(siteInUse([])).toBe("primary");
  const refused = request("3", null, { status: 429 });
  expect(siteInUse([request("1", 1), request("2", 2, { site: "secondary" }), refused])).toBe("secondary");
});

test("whatever the taker drops, repeats and shuffles is counted exactly", () => {
  const fate = fc.record({ copies: fc.integer({ min: 0, max: 3 }), billed: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 30 }), fc.boolean(), (fates, idempotent) => {
      const given = fates.map(({ billed }, index) => give(String(index), { billed }));
      let effect = 0;
      const ledger = fates.flatMap(({ copies }, index) =>
        Array.from({ length: copies }, (_, copy) => {
          const acts = copy === 0 || !idempotent;
          if (acts) effect += 1;
          return request(String(index), acts ? effect : null, { duplicate: copy > 0 });
        }),
      );
      const sum = (count: (fate: (typeof fates)[number]) => number): number =>
        fates.reduce((total, one) => total + count(one), 0);
      const extra = sum(({ copies }) => Math.max(0, copies - 1));
      expect(judge(given, ledger)).toMatchObject({
        received: sum(({ copies }) => Math.min(1, copies)),
        lost: sum(({ copies, billed }) => (billed && copies === 0 ? 1 : 0)),
        invented: sum(({ copies, billed }) => (!billed && copies > 0 ? 1 : 0)),
        wireDuplicates: extra,
        duplicateEffects: idempotent ? 0 : extra,
        outOfOrder: 0,
      });
    }),
  );
});

test("a shuffled key is out of order exactly when an effect stands behind a later one", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 20 }), (order) => {
      const given = [...order].sort((a, b) => a - b).map((id) => give(String(id)));
      const behind = order.filter((id, at) => order.slice(0, at).some((earlier) => earlier > id)).length;
      const ledger = order.map((id, at) => request(String(id), at + 1));
      expect(judge(given, ledger).outOfOrder).toBe(behind);
    }),
  );
});
