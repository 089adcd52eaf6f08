import { expect, test } from "vitest";
import type { PullReply, Segment } from "../../../core/ports.ts";
import { cut, parsePullReply, parsePullRequest, parseVoterRequest } from "./messages.ts";

const segment = (journal: "east.1" | "west.2", sizes: readonly number[]): Segment => ({
  connector: "orders",
  journal,
  from: 0,
  to: sizes.length,
  records: sizes.map((size, at) => ({
    position: at + 1,
    record: {
      kind: "entry",
      identity: `s ${at}`,
      key: null,
      sequence: null,
      payload: "x".repeat(size),
      acceptedAt: 0,
      after: {},
    },
  })),
});
const reply = (segments: readonly Segment[]): PullReply => ({
  region: "east",
  incarnation: 1,
  vectors: {},
  ready: true,
  reach: {},
  askerIncarnation: 0,
  segments,
  more: false,
});

test("a reply comes through as it was", () => {
  const given = reply([segment("east.1", [10, 20])]);
  expect(parsePullReply(JSON.stringify(given))).toEqual(given);
});

test("what is no message of a peer is null, never an exception", () => {
  for (const text of ["", "{", "null", "[]", '{"kind":"steal"}', JSON.stringify({ ...reply([]), segments: [{}] })]) {
    expect([parsePullReply(text), parsePullRequest(text), parseVoterRequest(text)], text).toEqual([null, null, null]);
  }
});

test("a small reply is not cut", () => {
  const given = reply([segment("east.1", [10]), segment("west.2", [10])]);
  expect(cut(given)).toBe(given);
});

test("a reply that is too long ends at a record, and says that there is more", () => {
  const made = cut(reply([segment("east.1", [9_000_000, 6_000_000, 6_000_000]), segment("west.2", [1])]));
  expect(made.more).toBe(true);
  expect(made.segments).toMatchObject([{ journal: "east.1", from: 0, to: 2 }]);
  expect(made.segments[0]?.records).toHaveLength(2);
});

test("cursors of polls count for as long as they are: each may hold many earlier ones", () => {
  const value = "c".repeat(60_000);
  const records = Array.from({ length: 400 }, (_, at) => ({
    position: at + 1,
    record: { kind: "cursor" as const, source: "poll", value, epoch: 1 },
  }));
  const made = cut(reply([{ connector: "orders", journal: "east.1", from: 0, to: 400, records }]));
  expect(JSON.stringify(made).length).toBeLessThan(17_000_000);
  expect(made).toMatchObject({ more: true, segments: [{ from: 0, to: made.segments[0]?.records.length }] });
});

test("a record that is too long by itself goes alone", () => {
  const made = cut(reply([segment("east.1", [20_000_000, 1]), segment("west.2", [1])]));
  expect(made.segments).toMatchObject([{ journal: "east.1", to: 1 }]);
});
