import { expect, test } from "vitest";
import type { Translator } from "./ports.ts";
import { entryOf, plainTranslator, receiveSpec, settlementOf } from "./testing.ts";
import { acting, answerAll, ofKey } from "./testing-dispatch.ts";

test("entries of one key go one after the other, those of two keys side by side", () => {
  const world = acting({}, { backlog: [...ofKey("a", 2), ...ofKey("b", 2)] });
  expect(world.taker.identities).toEqual(["a1", "b1"]);
  world.taker.answer("a1");
  expect(world.taker.identities).toEqual(["a1", "b1", "a2"]);
});

test("entries of a key that had no room in its lane come later, in order", () => {
  const world = acting({}, { backlog: ofKey("a", 11) });
  answerAll(world);
  expect(world.taker.identities).toEqual(ofKey("a", 11).map(({ identity }) => identity));
});

test("a key goes on when its whole lane was answered before the first settlement is durable", () => {
  const world = acting({}, { backlog: ofKey("a", 40) });
  world.journal.writes.shut();
  answerAll(world);
  world.journal.writes.open();
  answerAll(world);
  expect(world.taker.identities).toEqual(ofKey("a", 40).map(({ identity }) => identity));
});

test("an entry that comes while its lane is read again is not forgotten", () => {
  const world = acting({}, { backlog: ofKey("a", 5) });
  for (const identity of ["a1", "a2", "a3"]) world.taker.answer(identity);
  world.journal.reads.shut();
  world.taker.answer("a4");
  world.accept(entryOf("a6", { key: "a" }));
  world.journal.reads.open();
  answerAll(world);
  expect(world.taker.identities).toEqual(["a1", "a2", "a3", "a4", "a5", "a6"]);
});

test("nothing is sent twice when a read races a settlement", () => {
  const world = acting({}, { backlog: ofKey("a", 2) });
  world.journal.reads.shut();
  world.dispatcher.learned("west.1", [
    { kind: "switch", home: "other", from: "other", to: "main", notSettledSince: 0, seq: 1, reason: "" },
  ]);
  answerAll(world);
  world.journal.reads.open();
  answerAll(world);
  expect(world.taker.identities).toEqual(["a1", "a2"]);
});

test("the entries of a key with a fault wait for a person, and go on after the resubmission", () => {
  const world = acting({}, { backlog: ofKey("a", 3) });
  world.taker.answer("a1", "fault");
  expect(world.taker.identities).toEqual(["a1"]);
  const again = { kind: "resubmit", identity: "a1", round: 1, of: {}, person: "ops", reason: null, time: 0 } as const;
  world.journal.put(world.name, "east.1", again);
  world.dispatcher.learned("east.1", [again]);
  answerAll(world);
  expect(world.taker.identities).toEqual(["a1", "a1", "a2", "a3"]);
});

test("what another region ended and a person opened again, heard of together while it is under way, goes again", () => {
  const world = acting({}, { backlog: ofKey("a", 2) });
  const fault = settlementOf("a1", { outcome: "faulted" });
  const again = { kind: "resubmit", identity: "a1", round: 1, of: {}, person: "ops", reason: null, time: 0 } as const;
  world.journal.put(world.name, "west.1", fault, again);
  world.dispatcher.learned("west.1", [fault, again]);
  answerAll(world);
  expect(world.taker.identities).toEqual(["a1", "a1", "a2"]);
});

test("with onFault continue the next entry of the key goes on", () => {
  const world = acting({ onFault: "continue" }, { backlog: ofKey("a", 2) });
  world.taker.answer("a1", "fault");
  expect(world.taker.identities).toEqual(["a1", "a2"]);
});

test("an entry waits for those of its key that its region knew of, and goes when the last of them is settled", () => {
  const world = acting();
  world.journal.put(world.name, "west.1", entryOf("w1", { key: "a" }));
  world.accept(entryOf("e1", { key: "a", after: { "west.1": 1 } }));
  expect(world.taker.identities).toEqual([]);
  world.journal.put(world.name, "west.1", settlementOf("w1"));
  world.dispatcher.learned("west.1", [settlementOf("w1")]);
  expect(world.taker.identities).toEqual(["e1"]);
});

test("an entry goes also when what it waits for is settled while that is being looked up", () => {
  const world = acting();
  world.journal.put(world.name, "west.1", entryOf("w1", { key: "a" }));
  world.journal.reads.shut();
  world.accept(entryOf("e1", { key: "a", after: { "west.1": 1 } }));
  world.journal.reads.step();
  world.journal.put(world.name, "west.1", settlementOf("w1"));
  world.dispatcher.learned("west.1", [settlementOf("w1")]);
  world.journal.reads.open();
  expect(world.taker.identities).toEqual(["e1"]);
});

test("of a key only the newest is sent with ordering latest, by number where they are numbered", () => {
  const numbered = (number: number) => entryOf(`n${number}`, { key: "a", sequence: { of: "s", number } });
  const world = acting({ ordering: "latest" }, { backlog: [numbered(2), numbered(5), numbered(3)] });
  answerAll(world);
  expect(world.taker.identities).toEqual(["n5"]);
  expect(world.journal.all(world.name, "settlement").map(({ outcome }) => outcome)).toEqual([
    "superseded",
    "delivered",
    "superseded",
  ]);
});

test("of a key that only its translation tells the newest of what is read together is published", () => {
  const translator: Translator = {
    ...plainTranslator,
    translate: (_connector, { identity }, _site, done) => done({ kind: "output", output: identity, key: "a" }),
  };
  const world = acting({}, { spec: receiveSpec({ ordering: "latest" }), translator, backlog: ofKey("a", 3) });
  answerAll(world);
  expect(world.taker.identities).toEqual(["a3"]);
});

test("what a former holder may have sent becomes unknown with onUnknown hold, and is not sent", () => {
  const world = acting({ onUnknown: { kind: "hold" }, onFault: "continue" }, { suspect: true, backlog: ofKey("a", 2) });
  expect(world.taker.identities).toEqual([]);
  expect(world.journal.all(world.name, "settlement").map(({ outcome }) => outcome)).toEqual(["unknown", "unknown"]);
});

test("what a former holder may have sent is asked for with a lookup, and sent only when it is not found", () => {
  const world = acting({ onUnknown: { kind: "lookup", afterMs: 1_000 } }, { suspect: true, backlog: ofKey("a", 1) });
  expect([world.taker.identities, world.taker.asked]).toEqual([[], []]);
  world.clock.advance(1_001);
  expect([world.taker.identities, world.taker.asked]).toEqual([["a1"], ["a1"]]);
});

test("a duty that is over writes no byte, and what was under way stays open", () => {
  const world = acting({}, { backlog: ofKey("a", 1) });
  world.lease.held = false;
  expect(world.taker.given[0]?.mayWrite()).toBe(false);
  world.dispatcher.stop();
  expect(world.journal.all(world.name, "settlement")).toEqual([]);
});

test("an answer that comes after the duty ended is written as a settlement", () => {
  const world = acting({}, { backlog: ofKey("a", 1) });
  const late = world.taker.open.get("a1");
  world.taker.open.clear();
  world.lease.held = false;
  world.dispatcher.stop();
  late?.({ verdict: "delivered", against: "nobody", sent: true, waitMs: null, reason: "" });
  expect(world.journal.all(world.name, "settlement").map(({ outcome }) => outcome)).toEqual(["delivered"]);
});

test("a drained dispatcher starts nothing new and is done when its settlements are durable", () => {
  const world = acting({}, { backlog: ofKey("a", 2) });
  let drained = false;
  world.dispatcher.drain(() => {
    drained = true;
  });
  world.journal.writes.shut();
  world.taker.answer("a1");
  expect(drained).toBe(false);
  world.journal.writes.open();
  expect([drained, world.taker.identities]).toEqual([true, ["a1"]]);
});

test("what a switch opens again goes before the head of its key, also before the switch is told", () => {
  const world = acting({}, { backlog: ofKey("a", 3) });
  world.taker.answer("a1");
  world.taker.answer("a2", "retry");
  // Writes of one commit show before each is told: another entry's acceptance comes first.
  const change = {
    kind: "switch",
    home: "main",
    from: "main",
    to: "other",
    notSettledSince: 0,
    seq: 1,
    reason: "",
  } as const;
  world.journal.put(world.name, "east.1", change);
  world.clock.advance(60_000);
  answerAll(world);
  expect(world.taker.identities).toEqual(["a1", "a2", "a1", "a2", "a3"]);
});

test("messages keep the order of their key when the connector changes while their keys are looked for", () => {
  const answers: (() => void)[] = [];
  const translator: Translator = {
    ...plainTranslator,
    translate: (...asked) => void answers.push(() => plainTranslator.translate(...asked)),
  };
  const spec = receiveSpec();
  const world = acting({}, { spec, translator, backlog: ofKey("a", 3) });
  const [first, second, third] = answers.splice(0);
  second?.();
  third?.();
  world.dispatcher.update(spec, false);
  first?.();
  for (const answer of answers) answer();
  expect(world.taker.identities).toEqual(["a1"]);
});
