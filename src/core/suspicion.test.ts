import { describe, expect, test } from "vitest";
import type { OpenEntry } from "./ports.ts";
import type { JournalName } from "./records.ts";
import { type Beginning, doubtedUpTo, isSuspect } from "./suspicion.ts";
import { entryOf, sendSpec } from "./testing.ts";

const hold = sendSpec({ onUnknown: { kind: "hold" } });
const at = (journal: JournalName, position: number, round = 0): OpenEntry => ({
  ...entryOf("a"),
  journal,
  position,
  round,
});

/** West adopts east's duty after a lapse, having written 5 entries of its own. */
const adopted: Beginning = { own: "west.1", head: 5, before: null };

describe("after a lapse", () => {
  test("everything open may have been sent, also what arrives later from the lost region", () => {
    expect([isSuspect(hold, adopted, at("east.1", 1)), isSuspect(hold, adopted, at("east.1", 900))]).toEqual([
      true,
      true,
    ]);
  });

  test("what the adopter itself accepted since cannot have been sent", () => {
    expect([isSuspect(hold, adopted, at("west.1", 5)), isSuspect(hold, adopted, at("west.1", 6))]).toEqual([
      true,
      false,
    ]);
  });

  test("what a person resubmitted is sent", () => {
    expect(isSuspect(hold, adopted, at("east.1", 1, 1))).toBe(false);
  });
});

describe("after a planned return", () => {
  const east = (doubted: Beginning["before"]): Beginning => ({ own: "east.1", head: 12, before: doubted });
  const told = { journal: "west.1", held: { "east.1": 9, "west.1": 7 } } as const;

  test("what the adopter held and knew is not suspect", () => {
    expect(isSuspect(hold, east(told), at("east.1", 9))).toBe(false);
  });

  test("what the adopter could not settle after the lapse is suspect still", () => {
    const doubted = doubtedUpTo(adopted, told.held);
    expect(doubted).toEqual({ "east.1": 9, "west.1": 5 });
    const begin = east({ ...told, doubted });
    expect(isSuspect(hold, begin, at("east.1", 9))).toBe(true);
    expect(isSuspect(hold, begin, at("west.1", 6))).toBe(false);
  });

  test("what the adopter had not read is suspect: home may have sent it before it was lost", () => {
    expect(isSuspect(hold, east(told), at("east.1", 10))).toBe(true);
  });

  test("what the adopter's region accepted after it had stopped is not", () => {
    expect([isSuspect(hold, east(told), at("west.1", 8)), isSuspect(hold, east(told), at("west.2", 1))]).toEqual([
      false,
      false,
    ]);
  });

  test("a doubt is handed on from one to the next until the entries are settled", () => {
    const begin = east({ ...told, doubted: { "east.1": 4 } });
    expect(doubtedUpTo(begin, { "east.1": 9, "west.1": 7 })).toMatchObject({ "east.1": 4, "west.1": 0 });
  });

  test("what is asked for by lookup is asked for in any case", () => {
    const lookup = sendSpec({ onUnknown: { kind: "lookup", afterMs: 1 } });
    expect(isSuspect(lookup, east(told), at("east.1", 9))).toBe(true);
  });
});

test("where nobody acted before nothing is suspect", () => {
  const first: Beginning = { own: "east.1", head: 9, before: "nobody" };
  expect(isSuspect(hold, first, at("east.1", 1))).toBe(false);
  expect(doubtedUpTo(first, { "east.1": 9 })).toEqual({ "east.1": 0 });
});
