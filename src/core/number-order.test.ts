import { expect, test } from "vitest";
import { connectorDefaults } from "../define/policy.ts";
import type { EntryRecord } from "./records.ts";
import { entryOf, settlementOf } from "./testing.ts";
import { acting, answerAll } from "./testing-dispatch.ts";

const { gapAfterMs } = connectorDefaults;

const numbered = (number: number, over: Partial<EntryRecord> = {}): EntryRecord =>
  entryOf(`n${number}`, { key: "a", sequence: { of: "a", number }, ...over });

const numbers = (...of: readonly number[]): EntryRecord[] => of.map((number) => numbered(number));

/** Becomes known from another region. */
const comes = (
  world: ReturnType<typeof acting>,
  ...records: readonly (EntryRecord | ReturnType<typeof settlementOf>)[]
) => {
  world.journal.put(world.name, "west.1", ...records);
  world.dispatcher.learned("west.1", records);
};

test("entries of a key go by their numbers, whatever order they were accepted in", () => {
  const world = acting({}, { backlog: numbers(3, 1, 4, 2) });
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n2", "n3", "n4"]);
});

test("by their numbers also where far more of a key wait than its lane holds", () => {
  const backlog = Array.from({ length: 60 }, (_, at) => numbered(60 - at));
  const world = acting({}, { backlog });
  answerAll(world);
  expect(world.taker.identities).toEqual(backlog.map(({ identity }) => identity).toReversed());
});

test("a key goes on by number when much of it was answered before the first settlement is durable", () => {
  const backlog = Array.from({ length: 40 }, (_, at) => numbered(at + 1));
  const world = acting({}, { backlog });
  world.journal.writes.shut();
  answerAll(world);
  world.journal.writes.open();
  answerAll(world);
  expect(world.taker.identities).toEqual(backlog.map(({ identity }) => identity));
});

test("a number that is missing holds its key until it comes", () => {
  const world = acting({}, { backlog: numbers(1, 3) });
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1"]);
  world.accept(numbered(2));
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n2", "n3"]);
  expect(world.told.filter(({ kind }) => kind === "gap")).toEqual([]);
});

test("and no other key", () => {
  const other = entryOf("other", { key: "b", sequence: { of: "b", number: 1 } });
  const world = acting({}, { backlog: [...numbers(1, 3), other] });
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "other"]);
});

test("a number that does not come in time is told and passed, and each behind it follows at once", () => {
  const world = acting({}, { backlog: numbers(1, 5, 4) });
  answerAll(world);
  world.clock.advance(gapAfterMs - 1);
  expect(world.taker.identities).toEqual(["n1"]);
  world.clock.advance(1);
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n4", "n5"]);
  const told = { connector: world.name, identity: "n4", detail: "number 2 to 3 did not come in time in series a" };
  expect(world.told.filter(({ kind }) => kind === "gap")).toEqual([{ kind: "gap", ...told }]);
  expect(world.passed).toEqual(["a 2 3"]);
  const [, passing] = world.journal.all(world.name, "settlement");
  expect(passing).toMatchObject({ identity: "n4", outcome: "delivered", reason: told.detail });
});

test("numbers that are missing on after each other are waited for at one time", () => {
  const world = acting({}, { backlog: numbers(1, 3, 5, 7) });
  answerAll(world);
  world.clock.advance(gapAfterMs);
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n3", "n5", "n7"]);
});

test("what comes while its key is held waits for its own time", () => {
  const world = acting({}, { backlog: numbers(1, 3) });
  answerAll(world);
  world.clock.advance(gapAfterMs - 1);
  world.accept(numbered(5));
  world.clock.advance(1);
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n3"]);
  world.clock.advance(gapAfterMs);
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n3", "n5"]);
});

test("a wall clock that is set changes nothing in the wait", () => {
  const world = acting({}, { backlog: numbers(1, 3) });
  answerAll(world);
  world.clock.stepWall(10 * gapAfterMs);
  world.dispatcher.poke();
  expect(world.taker.identities).toEqual(["n1"]);
});

test("what comes after its gap was passed goes at once, and is told to be late", () => {
  const world = acting({}, { backlog: numbers(1, 3) });
  answerAll(world);
  world.clock.advance(gapAfterMs);
  answerAll(world);
  world.accept(numbered(2));
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n3", "n2"]);
  expect(world.told.findLast(({ kind }) => kind === "gap")).toMatchObject({
    identity: "n2",
    detail: "number 2 came when a later one had gone in series a",
  });
});

test("a series that is not known goes on from the number that is known first, after the time for a gap", () => {
  const world = acting({}, { backlog: numbers(7, 8) });
  answerAll(world);
  expect(world.taker.identities).toEqual([]);
  world.clock.advance(gapAfterMs);
  answerAll(world);
  expect(world.taker.identities).toEqual(["n7", "n8"]);
  expect(world.told.filter(({ kind }) => kind === "gap")).toEqual([]);
});

test("a number whose predecessor stands in another region's journal waits until that is settled there", () => {
  const world = acting({}, { backlog: [numbered(2)] });
  comes(world, numbered(1));
  world.clock.advance(10 * gapAfterMs);
  expect(world.taker.identities).toEqual([]);
  comes(world, settlementOf("n1"));
  expect(world.taker.identities).toEqual(["n2"]);
});

test("numbers order what two regions took, where what each knew of the other says the opposite", () => {
  const world = acting();
  comes(world, numbered(2));
  world.accept(numbered(1, { after: { "west.1": 1 } }));
  expect(world.taker.identities).toEqual(["n1"]);
});

test("numbers of one series count also where they belong to other keys, and those keys do not wait for each other", () => {
  const of = (number: number, key: string) => numbered(number, { key });
  const world = acting({}, { backlog: [of(1, "a"), of(2, "b"), of(3, "a"), of(5, "b")] });
  expect(world.taker.identities).toEqual(["n1", "n2"]);
  world.taker.answer("n1");
  world.taker.answer("n2");
  expect(world.taker.identities).toEqual(["n1", "n2", "n3"]);
  world.accept(of(4, "c"));
  expect(world.taker.identities).toEqual(["n1", "n2", "n3", "n4", "n5"]);
});

test("what has no number keeps its place", () => {
  const world = acting({}, { backlog: [numbered(2), entryOf("plain", { key: "a" }), numbered(1)] });
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n2", "plain"]);
});

test("what a switch opens again goes by number, before what follows it", () => {
  const world = acting({}, { backlog: numbers(2, 1, 3) });
  world.taker.answer("n1");
  world.taker.answer("n2");
  const change = {
    kind: "switch",
    home: "main",
    from: "main",
    to: "other",
    notSettledSince: 0,
    seq: 1,
    reason: "",
  } as const;
  world.taker.answer("n3", "retry");
  world.journal.put(world.name, "east.1", change);
  world.dispatcher.learned("east.1", [change]);
  world.clock.advance(60_000);
  answerAll(world);
  expect(world.taker.identities).toEqual(["n1", "n2", "n3", "n1", "n2", "n3"]);
});

test("a key with a fault waits for a person, whatever numbers it has", () => {
  const world = acting({}, { backlog: numbers(1, 2) });
  world.taker.answer("n1", "fault");
  world.clock.advance(10 * gapAfterMs);
  expect(world.taker.identities).toEqual(["n1"]);
});

test("numbers order nothing where no order is asked for", () => {
  const world = acting({ ordering: "none" }, { backlog: numbers(3, 1) });
  expect(world.taker.identities).toEqual(["n3", "n1"]);
});
