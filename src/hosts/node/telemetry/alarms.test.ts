import { expect, test } from "vitest";
import type { Ledger } from "../../../core/ports.ts";
import { healthSpec } from "../../shared/health.ts";
import { alarmsOf } from "./alarms.ts";
import { Rates } from "./rates.ts";

const byOutcome = { delivered: 0, superseded: 0, ignored: 0, expired: 0, discarded: 0, faulted: 0, unknown: 0 };
const holding = (of: Partial<Ledger>) => ({
  role: "send" as const,
  partner: "p",
  paused: false,
  sites: {},
  chains: {},
  actsFor: [],
  poll: null,
  gaps: { missing: 0, gaps: [] },
  readers: {},
  ledger: { accepted: 0, pending: 0, byOutcome, conflicts: 0, pendingBytes: 0, oldestPendingAt: null, ...of },
});
const spec = { hold: { capacityBytes: 1_000, alarmAfterMs: 60_000 } };

test("an entry older than alarmAfter raises the alarm of age, to the millisecond", () => {
  expect(alarmsOf(holding({ oldestPendingAt: 0 }), spec, 59_999, null)).toEqual([]);
  expect(alarmsOf(holding({ oldestPendingAt: 0 }), spec, 60_000, null)).toEqual([{ kind: "age" }]);
});

test("four fifths of the capacity raise the alarm of capacity", () => {
  expect(alarmsOf(holding({ pendingBytes: 799 }), spec, 0, null)).toEqual([]);
  expect(alarmsOf(holding({ pendingBytes: 800 }), spec, 0, null)).toEqual([{ kind: "capacity" }]);
});

test("a giver that called and does not any more raises the alarm of silence; one that never called does not", () => {
  const receiving = { ...holding({}), role: "receive" as const };
  expect(alarmsOf(receiving, spec, 0, null)).toEqual([]);
  expect(alarmsOf(receiving, spec, 0, 59_999)).toEqual([]);
  expect(alarmsOf(receiving, spec, 0, 60_000)).toEqual([{ kind: "silence" }]);
  expect(alarmsOf(holding({}), spec, 0, 60_000)).toEqual([]);
});

test("a number of theirs that does not come raises the alarm of a gap", () => {
  const missing = (forMs: number) => ({
    ...holding({}),
    gaps: { missing: 2, gaps: [{ series: "d-1", from: 4, to: 5, state: "listed" as const, forMs }] },
  });
  expect(alarmsOf(missing(59_999), spec, 0, null)).toEqual([]);
  expect(alarmsOf(missing(60_000), spec, 0, null)).toEqual([{ kind: "gap" }]);
});

test("a reader that leaves unread what is there for it raises an alarm by its name", () => {
  const feed = (oldestUnreadAt: number | null, lastReadAt: number | null) => ({
    ...holding({}),
    role: "feed" as const,
    readers: {
      claims: { unread: 3, oldestUnreadAt, lastReadAt },
      audit: { unread: 0, oldestUnreadAt: null, lastReadAt: null },
    },
  });
  const unread = [{ kind: "unread", reader: "claims" }];
  expect(alarmsOf(feed(0, null), spec, 59_999, null)).toEqual([]);
  expect(alarmsOf(feed(0, null), spec, 60_000, null)).toEqual(unread);
  expect(alarmsOf(feed(0, 1), spec, 60_000, null)).toEqual([]);
  expect(alarmsOf(feed(0, 1), spec, 60_001, null)).toEqual(unread);
  expect(alarmsOf(feed(null, 0), spec, 60_000, null)).toEqual([]);
});

test("traces of the gateway's own hold nothing by default", () => {
  expect(alarmsOf(holding({}), healthSpec, 0, null)).toEqual([]);
});

test("a rate is the mean of the last ten seconds", () => {
  let now = 0;
  const rates = new Rates({ wallMs: () => now, monotonicMs: () => now, after: () => ({ cancel: () => undefined }) });
  rates.add("orders", 30);
  now = 5_000;
  rates.add("orders", 20);
  expect(rates.of("orders")).toBe(5);
  now = 11_000;
  expect(rates.of("orders")).toBe(2);
  now = 60_000;
  expect([rates.of("orders"), rates.of("nobody")]).toEqual([0, 0]);
  expect([rates.quietForMs("orders"), rates.quietForMs("nobody")]).toEqual([55_000, null]);
});
