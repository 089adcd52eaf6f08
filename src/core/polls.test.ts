import { describe, expect, test } from "vitest";
import type { ConnectorSpec } from "../define/spec.ts";
import { Acceptor } from "./acceptor.ts";
import { PartnerRegistry } from "./partner-registry.ts";
import { regionPolicy } from "./policy.ts";
import { Poller } from "./poller.ts";
import { Polls } from "./polls.ts";
import { Replication } from "./replication.ts";
import { entryOf, plainTranslator, sendSpec, TestClock, TestTaker } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { timings } from "./testing-regions.ts";
import { inputOf, pollSpec, reconcilingSpec, TestSource } from "./testing-source.ts";

/** East, where a connector reads, and west, which is heard of or not. */
const reading = (spec: ConnectorSpec = pollSpec()) => {
  const clock = new TestClock();
  const journal = new TestJournal("east");
  const source = new TestSource();
  const taker = new TestTaker();
  const observer = { observe: () => {} };
  const ports = { clock, random: () => 1, journal, observer, source: () => source, taker: () => taker };
  const acts = { forWest: false };
  const deployed: { spec: ConnectorSpec | undefined } = { spec };
  const replication = new Replication(
    "east",
    ["west"],
    regionPolicy.replication,
    { ...ports, peers: { pull: () => {} } },
    () => ({ ready: true, reach: {} }),
    { applied: () => {}, heard: () => {} },
  );
  const partners = new PartnerRegistry(regionPolicy, ports, () => {});
  partners.use(spec);
  const acceptor = new Acceptor({
    region: "east",
    clock,
    journal,
    translator: plainTranslator,
    acknowledgeTimeoutMs: 5_000,
    mayAccept: () => true,
    anyPeerReachable: () => true,
    hasPeers: () => true,
    heldElsewhere: () => Number.POSITIVE_INFINITY,
    accepted: (_spec, entry) => polls.saw(spec.name, [entry]),
    repeated: (of, inputs) => polls.repeated(of, inputs),
    wrote: () => {},
  });
  const config = {
    environment: "test",
    region: "east",
    regions: ["east", "west"],
    mode: "primary-secondary",
    processId: "1",
    lease: timings,
  } as const;
  const polls: Polls = new Polls(config, regionPolicy, {
    ...ports,
    partners,
    replication,
    acceptor,
    spec: () => deployed.spec,
    isIngress: () => spec.role !== "send",
    actsFor: (region) => region === "west" && acts.forWest,
  });
  const grip = { duty: "east", epoch: 1, adopted: false, isSuspect: () => false, isUndone: () => false };
  const poller = new Poller(spec, false, polls.portsOf(spec), { ...grip, holds: () => true });
  const hear = (): void =>
    replication.peers.asked({ region: "west", incarnation: 1, vectors: {}, ready: true, reach: {}, waitMs: 0 });
  const conflicts = (): string[] => journal.all(spec.name, "conflict").map(({ payload }) => payload);
  const accepted = (): string[] => journal.all(spec.name, "entry").map(({ identity }) => identity);
  const shown = { hear, conflicts, accepted };
  return { spec, deployed, clock, journal, source, partners, replication, acceptor, polls, poller, acts, ...shown };
};

describe("the status of a poll", () => {
  test("is that of another region while nothing polls here, with how old the cursor is that is known", () => {
    const { spec, clock, journal, polls } = reading();
    const value = { site: "main", seq: 0, at: clock.wallMs(), cursor: "1", trail: [], home: "east", lift: 0 };
    journal.put(spec.name, "west.1", { kind: "cursor", source: "poll", value: JSON.stringify(value), epoch: 1 });
    clock.advance(7_000);
    expect(polls.status(spec, "")).toEqual({
      state: "elsewhere",
      site: "main",
      why: "",
      stays: "",
      cursorAgeMs: 7_000,
      lastReadAt: null,
      nextReadAt: null,
    });
  });

  test("follows what is done here", () => {
    const { spec, clock, source, polls, poller } = reading();
    const state = () => polls.status(spec, "")?.state;
    poller.start();
    expect(state()).toBe("reading");
    source.page("1", ["a"]);
    expect(state()).toBe("waiting");
    expect(polls.status(spec, "")).toMatchObject({ cursorAgeMs: 0, lastReadAt: clock.wallMs() });
    poller.update(spec, true);
    expect(polls.status(spec, "")).toMatchObject({ state: "held", why: "paused" });
    poller.stop();
    expect(state()).toBe("elsewhere");
  });

  test("knows no age of a cursor where the source gave none", () => {
    const { spec, source, polls, poller } = reading();
    poller.start();
    source.page(null, ["a"]);
    expect(polls.status(spec, "")).toMatchObject({ state: "waiting", cursorAgeMs: null });
  });

  test("is none of a connector that reads nothing", () => {
    const { polls } = reading(sendSpec());
    expect(polls.status(sendSpec(), "")).toBeNull();
  });
});

describe("what is missing of their numbering", () => {
  const gaps = ({ west }: { readonly west: "heard" | "silent" }) => {
    const world = reading(reconcilingSpec({ kind: "gap" }));
    if (west === "heard") world.hear();
    world.poller.start();
    world.source.page("start");
    for (const number of [1, 4]) {
      world.acceptor.accept(world.spec, entryOf(`n${number}`, { sequence: { of: "device", number } }), () => {});
    }
    world.poller.poke();
    return world;
  };

  test("is listed with its numbers", () => {
    const { spec, polls, clock } = gaps({ west: "heard" });
    clock.advance(500);
    expect(polls.gaps(spec.name)).toEqual({
      missing: 2,
      gaps: [{ series: "device", from: 2, to: 3, state: "new", forMs: 500 }],
    });
  });

  test("is taken only once what other regions have is known: the partner may have called them", () => {
    const { clock, source, journal, spec, replication, accepted } = gaps({ west: "heard" });
    const refreshes: (() => void)[] = [];
    replication.refresh = (done) => void refreshes.push(done);
    clock.advance(regionPolicy.poll.gapAfterMs);
    source.page("end", ["n2", "n3"]);
    clock.advance(regionPolicy.poll.settleMs);
    expect(accepted()).toEqual(["n1", "n4"]);
    journal.put(spec.name, "west.1", entryOf("n2"));
    for (const done of refreshes) done();
    expect(accepted()).toEqual(["n1", "n4", "n3", "n2"]);
  });

  test("is read as the connector is deployed now, also where it was only called before", () => {
    const reads = reconcilingSpec({ kind: "gap" });
    const { deployed, poller, source, clock, replication, accepted } = reading({ ...reads, reconcile: null });
    const refreshes: (() => void)[] = [];
    replication.refresh = (done) => void refreshes.push(done);
    poller.start();
    deployed.spec = reads;
    poller.update(reads, false);
    source.page("end", ["n1"]);
    clock.advance(regionPolicy.poll.settleMs);
    expect([accepted(), refreshes.length]).toEqual([[], 1]);
  });

  test("is not taken where the connector was removed meanwhile", () => {
    const { deployed, poller, source, clock, replication, accepted } = gaps({ west: "heard" });
    const refreshes: (() => void)[] = [];
    replication.refresh = (done) => void refreshes.push(done);
    clock.advance(regionPolicy.poll.gapAfterMs);
    source.page("end", ["n2", "n3"]);
    clock.advance(regionPolicy.poll.settleMs);
    deployed.spec = undefined;
    poller.stop();
    for (const done of refreshes) done();
    expect(accepted()).toEqual(["n1", "n4"]);
  });

  test("is asked for where every region that may have it is heard of", () => {
    const { clock, source } = gaps({ west: "heard" });
    clock.advance(regionPolicy.poll.gapAfterMs);
    expect(source.cursors).toEqual([null, "start"]);
  });

  test("is not asked for while a region may have it that is not heard of and acts by itself", () => {
    const { clock, source, acts } = gaps({ west: "silent" });
    clock.advance(60_000);
    expect(source.cursors).toEqual([null]);
    acts.forWest = true;
    clock.advance(regionPolicy.poll.gapAfterMs);
    expect(source.cursors).toEqual([null, "start"]);
  });

  test("of what we send is nobody's business", () => {
    const { polls, spec } = reading(sendSpec());
    polls.saw(spec.name, [entryOf("a", { sequence: { of: "s", number: 1 } })]);
    polls.saw(spec.name, [entryOf("b", { sequence: { of: "s", number: 9 } })]);
    expect(polls.gaps(spec.name).missing).toBe(0);
  });
});

describe("what is read once more", () => {
  test("with the same content is nothing", () => {
    const { source, clock, poller, conflicts } = reading();
    poller.start();
    source.page("1", [inputOf("a", { payload: "content" })]);
    clock.advance(10_000);
    source.page("2", [inputOf("a", { payload: "CONTENT" })]);
    expect(conflicts()).toEqual([]);
  });

  test("with other content is listed as a conflict, once however often it is read", () => {
    const { source, clock, poller, conflicts, spec, journal } = reading();
    poller.start();
    source.page("1", [inputOf("a", { payload: "first" }), inputOf("b")]);
    for (const cursor of ["2", "3", "4"]) {
      clock.advance(10_000);
      source.page(cursor, [inputOf("a", { payload: "other" }), inputOf("b")]);
    }
    expect(conflicts()).toEqual(["other"]);
    expect(journal.all(spec.name, "entry").map(({ payload }) => payload)).toEqual(["first", '{"id":"b"}']);
  });
});

describe("whether a partner's site answers", () => {
  const probed = (use: (partners: PartnerRegistry) => void) => {
    const { partners, source, spec } = reading();
    use(partners);
    const health = partners.sourceOf(spec);
    health.watch(["main"], []);
    return [source.probed, health.knowledge("main").failingForMs === null];
  };

  test("is asked by the way of a connector that calls it", () => {
    expect(probed(() => {})).toEqual([["main"], true]);
  });

  test("is not asked by the way of one that is gone", () => {
    expect(probed((partners) => partners.forget(pollSpec().name))).toEqual([[], false]);
  });

  test("is not asked by the way of one that is only called", () => {
    const called = { ...reconcilingSpec({ kind: "gap" }), reconcile: null };
    const swap = (partners: PartnerRegistry): void => {
      partners.forget(pollSpec().name);
      partners.use(called);
    };
    expect(probed(swap)).toEqual([[], false]);
  });

  test("is not asked by the way of one that read and is only called now", () => {
    const { name } = pollSpec();
    const called = { ...reconcilingSpec({ kind: "gap" }), name, reconcile: null };
    const other = { ...pollSpec(), name: "other" };
    const { partners, source, spec } = reading();
    const asked: string[] = [];
    source.probe = (connector, _site, done) => {
      asked.push(connector);
      done(true);
    };
    partners.use(called);
    partners.use(other);
    partners.sourceOf(spec).watch(["main"], []);
    expect(asked).toEqual(["other"]);
  });
});
