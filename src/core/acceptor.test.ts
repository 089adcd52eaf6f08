import { describe, expect, test } from "vitest";
import type { CommonSpec } from "../define/spec.ts";
import { type AcceptAnswer, type AcceptInput, Acceptor } from "./acceptor.ts";
import { entryOf, plainTranslator, sendSpec, settlementOf, TestClock } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";

const timeoutMs = 5_000;

/** East accepts; its peer holds east's journal up to `peer.holds` and answers or not. */
const accepting = (over: Partial<CommonSpec> = {}) => {
  const spec = sendSpec(over);
  const clock = new TestClock();
  const journal = new TestJournal("east");
  const peer = { reachable: true, holds: 0, there: true };
  const handed: string[] = [];
  const starting = { forOrdered: true };
  const acceptor = new Acceptor({
    region: "east",
    clock,
    journal,
    translator: plainTranslator,
    acknowledgeTimeoutMs: timeoutMs,
    mayAccept: (ordered) => !ordered || starting.forOrdered,
    anyPeerReachable: () => peer.reachable,
    hasPeers: () => peer.there,
    heldElsewhere: () => peer.holds,
    accepted: (_spec, { identity }) => handed.push(identity),
    repeated: () => {},
    wrote: () => {},
  });
  const accept = (input: Partial<AcceptInput> = {}): AcceptAnswer[] => {
    const answers: AcceptAnswer[] = [];
    const whole = { identity: "a", key: null, sequence: null, payload: "content", ...input };
    acceptor.accept(spec, whole, (answer) => answers.push(answer));
    return answers;
  };
  const batch = (...identities: readonly string[]): AcceptAnswer[] => {
    const answers: AcceptAnswer[] = [];
    const inputs = identities.map((identity) => ({ identity, key: null, sequence: null, payload: "content" }));
    acceptor.acceptBatch(spec, inputs, { source: "hub", value: "9", epoch: 0 }, (answer) => answers.push(answer));
    return answers;
  };
  return { spec, clock, journal, peer, handed, starting, acceptor, accept, batch, name: spec.name };
};

const alone = { kind: "refused", reason: "alone", retryAfterMs: 2_000 };

describe("regional", () => {
  test("is answered once the entry is durable here", () => {
    const { journal, accept, handed } = accepting();
    journal.writes.shut();
    const answers = accept();
    expect([answers, handed]).toEqual([[], []]);
    journal.writes.open();
    expect([answers, handed]).toEqual([[{ kind: "accepted" }], ["a"]]);
  });

  test("a repeat is answered as the first was, and stored once", () => {
    const { accept, journal, name } = accepting();
    accept();
    expect(accept()).toEqual([{ kind: "repeated", conflict: false }]);
    expect(journal.all(name, "entry")).toHaveLength(1);
  });

  test("the same identity with other content is listed as a conflict, and the first stays", () => {
    const { accept, journal, name } = accepting();
    accept({ payload: "first" });
    expect(accept({ payload: "other" })).toEqual([{ kind: "repeated", conflict: true }]);
    expect(journal.all(name, "conflict").map(({ payload }) => payload)).toEqual(["other"]);
    expect(journal.all(name, "entry").map(({ payload }) => payload)).toEqual(["first"]);
  });

  test("the same content in other words is no conflict", () => {
    const { accept, journal, name } = accepting();
    accept({ payload: "content" });
    expect(accept({ payload: "CONTENT" })).toEqual([{ kind: "repeated", conflict: false }]);
    expect(journal.all(name, "conflict")).toEqual([]);
  });

  test("an entry of an ordered connector names what was known of other journals", () => {
    const { accept, journal, name } = accepting();
    journal.put(name, "west.1", entryOf("w"), settlementOf("w"));
    accept();
    expect(journal.all(name, "entry").at(-1)?.after).toEqual({ "west.1": 2 });
  });

  test("an ordered connector waits until the region has caught up, an unordered one does not", () => {
    const ordered = accepting();
    ordered.starting.forOrdered = false;
    expect(ordered.accept()).toMatchObject([{ kind: "refused", reason: "starting" }]);
    const unordered = accepting({ ordering: "none" });
    unordered.starting.forOrdered = false;
    expect(unordered.accept()).toEqual([{ kind: "accepted" }]);
  });

  test("a full store is told as it is, and nothing is handed on", () => {
    const { accept, journal, handed } = accepting();
    journal.full = true;
    expect(accept()).toMatchObject([{ kind: "refused", reason: "full" }]);
    expect(handed).toEqual([]);
  });
});

describe("at capacity", () => {
  const full = () => {
    const world = accepting({ hold: { capacityBytes: 5, alarmAfterMs: 1 } });
    world.accept({ payload: "12345" });
    return world;
  };

  test("what is new is refused", () => {
    expect(full().accept({ identity: "b" })).toMatchObject([{ kind: "refused", reason: "capacity" }]);
  });

  test("a repeat is answered as the first was", () => {
    expect(full().accept({ payload: "12345" })).toEqual([{ kind: "repeated", conflict: false }]);
  });

  test("a batch is refused whole, its cursor too", () => {
    const { batch, journal, name } = full();
    expect(batch("b")).toMatchObject([{ kind: "refused", reason: "capacity" }]);
    expect(journal.cursor(name, "hub")).toBeNull();
  });
});

describe("replicated", () => {
  const replicated = { durability: "replicated" } as const;

  test("is answered once another region has the entry", () => {
    const { accept, acceptor, peer } = accepting(replicated);
    const answers = accept();
    expect(answers).toEqual([]);
    peer.holds = 1;
    acceptor.acknowledged();
    expect(answers).toEqual([{ kind: "accepted" }]);
  });

  test("is refused where no other region is reached, and nothing is stored", () => {
    const { accept, peer, journal, name } = accepting(replicated);
    peer.reachable = false;
    expect(accept()).toEqual([alone]);
    expect(journal.all(name, "entry")).toEqual([]);
  });

  test("is refused where no other region has the entry in time", () => {
    const { accept, clock } = accepting(replicated);
    const answers = accept();
    clock.advance(timeoutMs);
    expect(answers).toEqual([alone]);
  });

  test("a repeat waits for the other region as the first does", () => {
    const { accept, acceptor, clock, peer } = accepting(replicated);
    accept();
    clock.advance(timeoutMs);
    const answers = accept();
    expect(answers).toEqual([]);
    peer.holds = 1;
    acceptor.acknowledged();
    expect(answers).toEqual([{ kind: "repeated", conflict: false }]);
  });

  test("a batch that was known already waits for the other region too", () => {
    const { batch, acceptor, clock, peer } = accepting(replicated);
    batch("a", "b");
    clock.advance(timeoutMs);
    const answers = batch("a", "b");
    expect(answers).toEqual([]);
    peer.holds = 4;
    acceptor.acknowledged();
    expect(answers).toEqual([{ kind: "accepted" }]);
  });

  test("with whenAlone accept a region alone answers by itself", () => {
    const { accept, peer } = accepting({ ...replicated, whenAlone: "accept" });
    peer.reachable = false;
    expect(accept()).toEqual([{ kind: "accepted" }]);
  });

  test("an environment of one region has nobody to wait for", () => {
    const { accept, peer } = accepting(replicated);
    peer.there = false;
    peer.reachable = false;
    expect(accept()).toEqual([{ kind: "accepted" }]);
  });
});
