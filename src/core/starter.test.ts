import { expect, test } from "vitest";
import { decideIncarnation, type StartFacts } from "./starter.ts";

const facts = (over: Partial<StartFacts>): StartFacts => ({
  onDisk: 3,
  toldByPeers: 3,
  peerAhead: false,
  peers: 1,
  peersAnswered: 1,
  wallMs: 1_700_000_000_000,
  ...over,
});

test("a region whose disk is as its peers know it goes on writing its journal", () => {
  expect(decideIncarnation(facts({}))).toEqual({ number: 3, reason: "goes on" });
});

test("a region alone in its environment goes on", () => {
  expect(decideIncarnation(facts({ peers: 0, peersAnswered: 0, toldByPeers: 0 })).number).toBe(3);
});

test.each<[string, Partial<StartFacts>]>([
  ["its disk is gone", { onDisk: 0 }],
  ["a peer is ahead of its disk", { peerAhead: true }],
  ["no peer answers", { peersAnswered: 0, toldByPeers: 0 }],
])("a new journal begins when %s", (_, over) => {
  expect(decideIncarnation(facts(over)).number).toBeGreaterThan(3);
});

test("a number that a lost disk may have used, and no peer has heard of, is not used again", () => {
  const first = decideIncarnation(facts({ onDisk: 0, toldByPeers: 0, peersAnswered: 0, wallMs: 1_000 }));
  const afterLoss = decideIncarnation(facts({ onDisk: 0, toldByPeers: 0, peersAnswered: 0, wallMs: 2_000 }));
  expect(afterLoss.number).not.toBe(first.number);
});

test("a clock that was set back does not repeat a number that peers know", () => {
  expect(decideIncarnation(facts({ onDisk: 0, toldByPeers: 5_000, wallMs: 1_000 })).number).toBe(5_001);
});
