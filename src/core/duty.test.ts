import { describe, expect, test } from "vitest";
import type { CommonSpec } from "../define/spec.ts";
import { Duties } from "./duties.ts";
import { PartnerHealth } from "./partner.ts";
import { regionPolicy } from "./policy.ts";
import type { Journal, PullReply } from "./ports.ts";
import type { JournalName, JournalRecord } from "./records.ts";
import { Replication } from "./replication.ts";
import { isUndone } from "./settlement.ts";
import { entryOf, plainTranslator, sendSpec, TestClock, TestTaker, VoterPath } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { VoterState } from "./voter.ts";

const timings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };
const regions = ["east", "west"] as const;
type Name = (typeof regions)[number];

const voters = (clock: TestClock) =>
  ["east", "west", "witness"].map(
    (name) => new VoterState(name, timings, clock, {}, (_rows, done) => done(true), [], regions),
  );

type Mode = "active-active" | "primary-secondary";

/** Two regions whose journals reach each other when the test lets them. */
const environment = (over: Partial<CommonSpec> = {}, mode: Mode = "active-active") => {
  const spec = sendSpec(over);
  const clock = new TestClock();
  const all = voters(clock);
  clock.advance(timings.ttlMs);
  const east = gateway("east", mode, spec, clock, all);
  const west = gateway("west", mode, spec, clock, all);
  /** Brings what one region wrote to the other. */
  const replicate = (from: typeof east, to: typeof east): void => {
    for (const name of Object.keys(from.journal.vector(spec.name)) as JournalName[]) {
      const above = to.journal.vector(spec.name)[name] ?? 0;
      from.journal.read(spec.name, name, above, 1_000, (segment) => {
        if (segment.records.length === 0) return;
        to.journal.apply(segment, () => {});
        to.duties.learned(
          spec.name,
          name,
          segment.records.map(({ record }) => record),
        );
      });
    }
    const reply = (region: Name, journal: Journal): PullReply => ({
      region,
      incarnation: 1,
      askerIncarnation: 1,
      vectors: { [spec.name]: journal.vector(spec.name) },
      ready: true,
      reach: {},
      segments: [],
      more: false,
    });
    to.replication.peers.replied(reply(from.name, from.journal));
  };
  return { spec, clock, east, west, replicate };
};

const gateway = (
  name: Name,
  mode: Mode,
  spec: ReturnType<typeof sendSpec>,
  clock: TestClock,
  all: readonly VoterState[],
) => {
  const journal = new TestJournal(name);
  const taker = new TestTaker();
  const paths = all.map((voter) => new VoterPath(voter));
  const observer = { observe: () => {} };
  const random = () => 0.5;
  const ports = { clock, random, journal, observer, voters: paths, peers: { pull: () => {} } };
  const replication = new Replication(
    name,
    regions.filter((region) => region !== name),
    regionPolicy.replication,
    ports,
    () => ({ ready: true, reach: {} }),
    { applied: () => {}, heard: () => {} },
  );
  const health = new PartnerHealth(
    spec.partner,
    regionPolicy.partner,
    ports,
    () => {},
    () => {},
  );
  const partner = { isDown: false };
  const write = (connector: string, records: readonly JournalRecord[], done: Parameters<Journal["write"]>[2]): void =>
    journal.write(connector, records, (result) => {
      if (result.kind === "written") duties.learned(connector, result.journal, records);
      done(result);
    });
  const passage = health.passage.bind(health);
  health.passage = (site) => (partner.isDown ? { kind: "rest", untilMs: Number.POSITIVE_INFINITY } : passage(site));
  const config = { region: name, regions, mode, processId: "1", lease: timings } as const;
  const duties: Duties = new Duties(config, ports, replication, 500, {
    rules: regionPolicy.dispatch,
    specs: () => [{ spec, paused: false }],
    dispatchPorts: () => ({
      ...ports,
      translator: plainTranslator,
      taker,
      health,
      write,
      chooseSite: () => ({ home: "main", site: "main", seq: 0 }),
      releasable: () => true,
    }),
    refresh: (done) => done(),
    write,
    isUndone: (connector, settlement) => isUndone(settlement, journal.switches(connector)),
  });
  const accept = (...identities: readonly string[]): void => {
    for (const identity of identities) {
      const entry = entryOf(identity, { key: identity });
      journal.accept(spec.name, entry, (result) => {
        if (result.kind === "accepted") duties.accepted(spec.name, { ...entry, ...result, kind: "entry", round: 0 });
      });
    }
  };
  const outcomes = (): string[] =>
    journal.all(spec.name, "settlement").map(({ identity, outcome }) => `${identity} ${outcome}`);
  const cut = (is: boolean): void => {
    for (const path of paths) path.cut = is;
  };
  return { name, journal, taker, replication, duties, accept, outcomes, cut, partner };
};

/** East acted for its duty and is cut from the voters; west adopts what it has read. */
const adopted = (over: Partial<CommonSpec> = {}) => {
  const world = environment(over);
  const { clock, east, west, replicate } = world;
  east.duties.seek();
  east.accept("a");
  replicate(east, west);
  east.cut(true);
  west.duties.seek();
  clock.advance(3 * timings.ttlMs);
  return world;
};

describe("a duty", () => {
  test("is acted for by its home alone while both are there", () => {
    const { clock, east, west } = environment();
    east.duties.seek();
    west.duties.seek();
    clock.advance(60_000);
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([true, false]);
    expect([east.duties.actsFor("west"), west.duties.actsFor("west")]).toEqual([false, true]);
  });

  test("is adopted when its holder is gone, and what is open is sent under the next epoch", () => {
    const { east, west } = adopted();
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([false, true]);
    expect(west.taker.given.map(({ identity, duty }) => [identity, duty])).toEqual([
      ["a", { region: "east", epoch: 2 }],
    ]);
  });

  test("goes home with a mark: what the adopter delivered is not sent again", () => {
    const { clock, east, west, replicate } = adopted();
    west.taker.answer("a");
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([true, false]);
    expect(east.taker.identities).toEqual(["a"]);
    expect(west.taker.identities).toEqual(["a"]);
  });

  test("is given back only after the requests under way have ended", () => {
    const { clock, east, west, replicate } = adopted();
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(false);
    west.taker.answer("a");
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
  });

  test("home waits for the mark, and goes on without it after two ttl", () => {
    const { clock, east, west, replicate } = adopted();
    west.taker.answer("a");
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    clock.advance(2 * timings.ttlMs - 1);
    expect(east.duties.actsFor("east")).toBe(false);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
  });

  test("what the adopter could not settle stays in doubt at home: with onUnknown hold it is not sent", () => {
    const { spec, clock, east, west, replicate } = environment({ onUnknown: { kind: "hold" } });
    west.partner.isDown = true;
    east.duties.seek();
    east.accept("a");
    replicate(east, west);
    east.cut(true);
    west.duties.seek();
    clock.advance(3 * timings.ttlMs);
    expect(west.duties.actsFor("east")).toBe(true);
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
    expect(east.taker.identities).toEqual(["a"]);
    expect([spec.onUnknown.kind, east.outcomes()]).toEqual(["hold", ["a unknown"]]);
  });
});

describe("a connector whose link is bad", () => {
  /** East lends it to west. */
  const lent = (over: Partial<CommonSpec> = {}, mode: Mode = "active-active") => {
    const world = environment(over, mode);
    const { clock, east, west, replicate, spec } = world;
    east.duties.seek();
    west.duties.seek();
    clock.advance(timings.ttlMs);
    east.accept("a");
    east.taker.answer("a");
    replicate(west, east);
    replicate(east, west);
    const bad = { betterRegion: () => "west", reaches: () => false };
    east.duties.considerLinks(bad);
    replicate(east, west);
    clock.advance(1_000);
    return { ...world, name: spec.name, good: { betterRegion: () => null, reaches: () => true } };
  };

  test("is acted for by the region with the better link, the rest of the duty is not", () => {
    const { east, west, replicate, name } = lent();
    expect([east.duties.handsOn(name, "east"), west.duties.handsOn(name, "east")]).toEqual([false, true]);
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([true, false]);
    east.accept("b");
    replicate(east, west);
    expect([east.taker.identities, west.taker.identities]).toEqual([["a"], ["b"]]);
  });

  test("with onUnknown hold what is accepted after the loan is sent by the borrower", () => {
    const { east, west, replicate } = lent({ onUnknown: { kind: "hold" } });
    east.accept("b");
    replicate(east, west);
    expect([west.taker.identities, west.outcomes()]).toEqual([["b"], ["a delivered"]]);
  });

  test("comes back when the lender reaches its sites again, and nothing is sent twice", () => {
    const { clock, east, west, replicate, name, good } = lent();
    east.accept("b");
    replicate(east, west);
    west.taker.answer("b");
    replicate(east, west);
    west.duties.considerLinks(good);
    replicate(west, east);
    clock.advance(1_000);
    east.accept("c");
    expect([east.duties.handsOn(name, "east"), west.duties.handsOn(name, "east")]).toEqual([true, false]);
    expect([east.taker.identities, west.taker.identities]).toEqual([["a", "c"], ["b"]]);
  });

  test("is sent by the borrower also where that accepted it itself, in our primary-secondary", () => {
    const { east, west, replicate, name } = lent({}, "primary-secondary");
    expect([east.duties.actsFor("west"), west.duties.handsOn(name, "west")]).toEqual([true, true]);
    west.accept("b");
    expect(west.taker.identities).toEqual(["b"]);
    replicate(west, east);
    expect(east.taker.identities).toEqual(["a"]);
  });

  test("is in doubt for the lender where the borrower's lease lapsed over a request", () => {
    const { clock, east, west, replicate, name } = lent({ onUnknown: { kind: "hold" } });
    east.accept("b");
    replicate(east, west);
    expect(west.taker.identities).toEqual(["b"]);
    west.cut(true);
    clock.advance(4 * timings.ttlMs);
    expect(east.duties.handsOn(name, "east")).toBe(true);
    expect([east.taker.identities, east.outcomes()]).toEqual([["a"], ["a delivered", "b unknown"]]);
  });

  test("comes back by itself only after the borrower's lease ran out", () => {
    const { clock, east, west, name } = lent();
    west.cut(true);
    clock.advance(timings.ttlMs - timings.marginMs);
    expect([east.duties.handsOn(name, "east"), west.duties.handsOn(name, "east")]).toEqual([false, false]);
    clock.advance(3 * timings.ttlMs);
    expect(east.duties.handsOn(name, "east")).toBe(true);
  });
});
