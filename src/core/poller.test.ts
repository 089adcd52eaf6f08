import { describe, expect, test } from "vitest";
import type { CommonSpec, ConnectorSpec } from "../define/spec.ts";
import { Acceptor } from "./acceptor.ts";
import { GapWatch } from "./gap-watch.ts";
import { PartnerHealth } from "./partner.ts";
import { regionPolicy } from "./policy.ts";
import { Poller } from "./poller.ts";
import type { PollReport } from "./poller-ports.ts";
import type { Observation } from "./ports.ts";
import type { JournalName, SwitchRecord } from "./records.ts";
import { chosenSite, readHomeOf } from "./sites.ts";
import { entryOf, plainTranslator, TestClock, testPartner } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { inputOf, pollSpec, reconcilingSpec, TestSource } from "./testing-source.ts";

const rules = { ...regionPolicy.poll, clockSkewMs: 1_000 };

/** A region that may poll; its peer holds what it accepted up to `peer.holds`. */
const region = (spec: ConnectorSpec = pollSpec(), name = "east") => {
  const clock = new TestClock();
  const journal = new TestJournal(name);
  const source = new TestSource();
  const peer = { holds: Number.POSITIVE_INFINITY };
  const observed: Observation[] = [];
  const reports: (PollReport | null)[] = [];
  const ports = {
    clock,
    random: () => 1,
    journal,
    observer: { observe: (event: Observation) => observed.push(event) },
  };
  const pollers: Poller[] = [];
  const health = new PartnerHealth(
    spec.partner,
    regionPolicy.partner,
    ports,
    (_site, done) => done(true),
    () => {
      for (const poller of pollers) poller.poke();
    },
  );
  const watch = new GapWatch(rules.gapAfterMs);
  const acceptor = new Acceptor({
    region: name,
    clock,
    journal,
    translator: plainTranslator,
    acknowledgeTimeoutMs: 5_000,
    mayAccept: () => true,
    anyPeerReachable: () => true,
    hasPeers: () => true,
    heldElsewhere: () => peer.holds,
    accepted: (_spec, entry) => {
      watch.saw(entry.sequence, clock.monotonicMs());
      for (const poller of pollers) poller.accepted();
    },
    repeated: () => {},
    wrote: (_connector, from, records) => {
      for (const poller of pollers) poller.learned(from, records);
    },
  });
  const poll = (grip: { readonly epoch?: number; readonly adopted?: boolean; readonly home?: string } = {}) => {
    const lease = { held: true };
    const poller = new Poller(
      spec,
      false,
      {
        ...ports,
        home: grip.home ?? "east",
        rules,
        source,
        health,
        gaps: watch,
        chooseSite: () => chosenSite(readHomeOf(spec.partner, "east"), journal.switches(spec.name)),
        accept: (inputs, cursor, done) => acceptor.acceptBatch(spec, inputs, cursor, done),
        tell: (report) => reports.push(report),
      },
      {
        duty: "east",
        epoch: grip.epoch ?? 1,
        adopted: grip.adopted ?? false,
        holds: () => lease.held,
        isSuspect: () => false,
        isUndone: () => false,
      },
    );
    pollers.push(poller);
    poller.start();
    return { poller, lease };
  };
  const learn = (change: Omit<SwitchRecord, "kind" | "reason">): void => {
    const record = { kind: "switch", reason: "test", ...change } as const;
    journal.put(spec.name, "west.1", record);
    for (const poller of pollers) poller.learned("west.1", [record]);
  };
  const accepted = (): string[] => journal.all(spec.name, "entry").map(({ identity }) => identity);
  return {
    name: spec.name,
    clock,
    journal,
    source,
    peer,
    health,
    watch,
    acceptor,
    spec,
    poll,
    learn,
    accepted,
    observed,
    status: () => reports.at(-1),
    cursor: () => JSON.parse(journal.cursor(spec.name, "poll")?.value ?? "null")?.cursor,
  };
};

/** What one region wrote becomes known in another. */
const replicate = (from: ReturnType<typeof region>, to: ReturnType<typeof region>): void => {
  for (const name of Object.keys(from.journal.vector(from.name)) as JournalName[]) {
    const above = to.journal.vector(from.name)[name] ?? 0;
    from.journal.read(from.name, name, above, 1_000, (segment) => to.journal.apply(segment, () => {}));
  }
};

const twoSites = (over: Partial<CommonSpec> = {}): Partial<CommonSpec> => ({
  partner: {
    ...testPartner,
    sites: { a: { maintenance: [] }, b: { maintenance: [] } },
    topology: {
      mode: "primary-secondary",
      primary: "a",
      secondary: "b",
      failoverAfterMs: 10_000,
      failback: { kind: "manual" },
      recoveryPointMs: 30_000,
    },
  },
  ...over,
});

describe("a poller", () => {
  test("reads at once, follows a page that says that there is more, then waits for the interval", () => {
    const { source, clock, poll, accepted } = region();
    poll();
    source.page("1", ["a"], true);
    source.page("2", ["b"]);
    expect([source.cursors, accepted()]).toEqual([
      [null, "1"],
      ["a", "b"],
    ]);
    clock.advance(9_999);
    expect(source.cursors).toEqual([null, "1"]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, "1", "2"]);
  });

  test("writes a page's entries and its cursor as one unit", () => {
    const { source, journal, name, poll } = region();
    poll();
    source.page("1", ["a", "b"]);
    journal.read(name, "east.1", 0, 10, ({ records }) =>
      expect(records.map(({ record }) => record.kind)).toEqual(["entry", "entry", "cursor"]),
    );
  });

  test("writes nothing where a page brings nothing", () => {
    const { source, clock, journal, name, poll } = region();
    poll();
    source.page("1", ["a"]);
    clock.advance(10_000);
    source.page("1");
    expect(journal.all(name, "cursor")).toHaveLength(1);
  });

  test("presents the next cursor only once the page is durable here", () => {
    const { source, journal, poll } = region();
    journal.writes.shut();
    poll();
    source.page("1", ["a"], true);
    expect(source.cursors).toEqual([null]);
    journal.writes.open();
    expect(source.cursors).toEqual([null, "1"]);
  });

  test("with replicated presents the next cursor only once another region has the page", () => {
    const { source, acceptor, peer, poll } = region(pollSpec({ durability: "replicated" }));
    peer.holds = 0;
    poll();
    source.page("1", ["a"], true);
    expect(source.cursors).toEqual([null]);
    peer.holds = 2;
    acceptor.acknowledged();
    expect(source.cursors).toEqual([null, "1"]);
  });

  test("keeps a page that cannot be made durable, reads nothing meanwhile, and goes on when it can", () => {
    const { source, journal, clock, status, accepted, poll } = region();
    journal.full = true;
    poll();
    source.page("1", ["a"], true);
    clock.advance(60_000);
    expect([source.cursors, status()?.state, status()?.why]).toEqual([[null], "held", "the store is full"]);
    journal.full = false;
    clock.advance(rules.acceptRetryMs);
    expect([source.cursors, accepted()]).toEqual([[null, "1"], ["a"]]);
  });

  test("stops reading at capacity", () => {
    const { source, clock, status, journal, name, poll } = region(
      pollSpec({ hold: { capacityBytes: 5, alarmAfterMs: 1 } }),
    );
    poll();
    source.page("1", ["a"], true);
    source.page("2", ["b"], true);
    clock.advance(60_000);
    expect(source.cursors).toEqual([null, "1"]);
    expect(status()).toMatchObject({ state: "held", why: "the connector holds as much as it may" });
    journal.put(name, "east.1", { ...settled("a") });
    clock.advance(rules.acceptRetryMs);
    expect(source.cursors).toEqual([null, "1", "2"]);
  });

  test("does not follow a page that says that there is more and leads nowhere", () => {
    const { source, poll } = region();
    poll();
    source.page(null, [], true);
    expect(source.cursors).toEqual([null]);
  });

  test("reads nothing while it is paused", () => {
    const { source, spec, clock, poll } = region();
    const { poller } = poll();
    source.page("1", ["a"]);
    poller.update(spec, true);
    clock.advance(60_000);
    expect(source.cursors).toEqual([null]);
    poller.update(spec, false);
    expect(source.cursors).toEqual([null, "1"]);
  });
});

const settled = (identity: string) =>
  ({
    kind: "settlement",
    identity,
    round: 0,
    outcome: "delivered",
    site: null,
    home: null,
    siteSeq: 0,
    time: 0,
    reason: null,
    person: null,
  }) as const;

describe("the lease", () => {
  test("is asked in the tick of the write", () => {
    const { source, poll } = region();
    const { lease } = poll();
    expect(source.readings[0]?.mayWrite()).toBe(true);
    lease.held = false;
    expect(source.readings[0]?.mayWrite()).toBe(false);
  });

  test("ends the open request when it ends, and nothing is read any more", () => {
    const { source, clock, status, poll } = region();
    const { poller, lease } = poll();
    lease.held = false;
    poller.stop();
    expect(source.open).toBeNull();
    clock.advance(60_000);
    expect([source.cursors, status()]).toEqual([[null], null]);
  });

  test("not being held, nothing is read, also before anybody was told", () => {
    const { source, clock, poll } = region();
    const { lease } = poll();
    source.page("1", ["a"]);
    lease.held = false;
    clock.advance(10_000);
    expect(source.cursors).toEqual([null]);
  });

  test("being over, a page that comes late is left to whoever polls next", () => {
    const { source, accepted, poll } = region();
    const { lease } = poll();
    lease.held = false;
    source.page("1", ["a"]);
    expect(accepted()).toEqual([]);
  });

  test("is given back once the open request has ended and its page is durable", () => {
    const { source, journal, accepted, poll } = region();
    const { poller } = poll();
    const done: string[] = [];
    poller.drain(() => done.push("drained"));
    journal.writes.shut();
    source.page("1", ["a"], true);
    expect(done).toEqual([]);
    journal.writes.open();
    expect([done, accepted(), source.cursors]).toEqual([["drained"], ["a"], [null]]);
  });

  test("is given back at once where the page cannot be made durable: the next holder reads it again", () => {
    const { source, journal, poll } = region();
    const { poller } = poll();
    journal.full = true;
    source.page("1", ["a"]);
    const done: string[] = [];
    poller.drain(() => done.push("drained"));
    expect(done).toEqual(["drained"]);
  });
});

describe("trouble", () => {
  test("a Retry-After is obeyed", () => {
    const { source, clock, status, poll } = region();
    poll();
    source.fail("wait", { waitMs: 42_000, reason: "asks to wait" });
    clock.advance(41_999);
    expect([source.cursors, status()?.why]).toEqual([[null], "asks to wait"]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, null]);
  });

  test("a failure that says how long to wait is believed", () => {
    const { source, clock, poll } = region();
    poll();
    source.fail("retry", { waitMs: 5_000 });
    clock.advance(4_999);
    expect(source.cursors).toEqual([null]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, null]);
  });

  test("a refusal for good is said, and asked again as late as the connector allows", () => {
    const { source, clock, status, poll } = region(
      pollSpec({ retry: { firstMs: 100, capMs: 300_000, giveUpAfterMs: null } }),
    );
    poll();
    source.fail("fault", { against: "event", reason: "404" });
    clock.advance(299_999);
    expect([source.cursors, status()?.state, status()?.why]).toEqual([[null], "held", "404"]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, null]);
  });

  test("a site that fails opens its breaker, and is read again once that lets through", () => {
    const { source, clock, health, poll } = region();
    poll();
    while (health.breaker("main").kind === "closed") {
      source.fail("retry");
      clock.advance(100);
    }
    expect(source.open).toBeNull();
    clock.advance(regionPolicy.partner.breaker.firstRestMs);
    source.page("1", ["a"]);
    expect(health.breaker("main").kind).toBe("closed");
  });

  test("what speaks of us only does not count against the site", () => {
    const { source, health, poll } = region();
    poll();
    source.fail("retry", { against: "us", sent: false });
    expect(health.knowledge("main").failingForMs).toBeNull();
  });

  test("the partner's rate holds", () => {
    const rate = { limit: 1, perMs: 3_000, burst: 1, concurrency: null };
    const { source, clock, poll } = region(pollSpec({ partner: { ...testPartner, rate } }));
    poll();
    source.page("1", ["a"], true);
    expect(source.cursors).toEqual([null]);
    clock.advance(3_000);
    expect(source.cursors).toEqual([null, "1"]);
  });
});

describe("another region", () => {
  /** East read up to `cursor`; west knows of it. */
  const taken = (cursor: string, grip: { readonly epoch: number; readonly adopted: boolean }) => {
    const east = region();
    const west = region(pollSpec(), "west");
    west.journal.put(west.name, "west.1", entryOf("first"), settled("first"));
    east.poll();
    east.source.page("t500000", ["a"], true);
    east.source.page(cursor, ["b"], true);
    replicate(east, west);
    west.poll(grip);
    return { east, west };
  };

  test("that adopts begins at the cursor known less the lookback", () => {
    const { west } = taken("t900000", { epoch: 2, adopted: true });
    expect(west.source.cursors).toEqual(["t840000"]);
    west.source.page("t900000", ["a", "b"]);
    expect(west.accepted()).toEqual(["first", "a", "b"]);
  });

  test("that was handed the duty goes on exactly", () => {
    expect(taken("t900000", { epoch: 2, adopted: false }).west.source.cursors).toEqual(["t900000"]);
  });

  test("goes back along the trail where the cursor names no time", () => {
    const east = region();
    const west = region(pollSpec(), "west");
    east.poll();
    for (const cursor of ["one", "more", "last"]) {
      east.source.page(cursor, [cursor]);
      east.clock.advance(40_000);
    }
    replicate(east, west);
    west.poll({ epoch: 2, adopted: true });
    expect(west.source.cursors).toEqual(["one"]);
  });

  test("is not set back by a page that the former holder makes durable late", () => {
    const { east, west } = taken("t900000", { epoch: 2, adopted: false });
    east.journal.writes.shut();
    east.source.page("t910000", ["c"]);
    west.source.page("t990000", ["c", "d"]);
    east.journal.writes.open();
    replicate(east, west);
    expect(west.cursor()).toBe("t990000");
    west.poll({ epoch: 3 });
    expect(west.source.cursors.at(-1)).toBe("t990000");
  });

  test("under another duty, whose epochs are lower, rules all the same", () => {
    const { east, west } = taken("t900000", { epoch: 2, adopted: false });
    west.source.page("t910000", ["c"]);
    replicate(west, east);
    const later = region(pollSpec(), "later");
    replicate(east, later);
    later.poll({ epoch: 1, home: "later" });
    later.source.page("t999999", ["z"]);
    expect(later.cursor()).toBe("t999999");
    later.poll({ epoch: 2, home: "later" });
    later.source.page("t1999999", ["y"]);
    expect(later.cursor()).toBe("t1999999");
  });
});

describe("another site", () => {
  const switched = (acrossSites: "exact" | "rewind" | "refuse", cursor = "t900000") => {
    const world = region(pollSpec(twoSites(), { acrossSites }));
    world.poll();
    world.source.page(cursor, ["a"]);
    const notSettledSince = world.clock.wallMs() - 41_000;
    world.learn({ home: "a", from: "a", to: "b", notSettledSince, seq: 1 });
    world.clock.advance(10_000);
    return world;
  };
  const last = ({ source }: ReturnType<typeof region>) => {
    const { site, cursor } = source.readings.at(-1) ?? {};
    return [site, cursor];
  };

  test("takes the cursor as it is, where that is exact", () => {
    expect(last(switched("exact"))).toEqual(["b", "t900000"]);
  });

  test("is read from before what the one that was left may have lost, where it is rewound", () => {
    expect(last(switched("rewind"))).toEqual(["b", "t859000"]);
  });

  test("is not read where that is refused, and the status says why", () => {
    const world = switched("refuse");
    expect(last(world)).toEqual(["a", null]);
    expect(world.status()).toMatchObject({ state: "refused", why: expect.stringContaining("acrossSites: refuse") });
    expect(world.observed).toMatchObject([{ kind: "cursor", change: "refused" }]);
  });

  test("is read under the same rule after a switch there and back, of which this region read nothing", () => {
    const world = region(pollSpec(twoSites()));
    world.poll();
    world.source.page("t900000", ["a"]);
    const notSettledSince = world.clock.wallMs() - 31_000;
    world.learn({ home: "a", from: "a", to: "b", notSettledSince, seq: 1 });
    world.learn({ home: "a", from: "b", to: "a", notSettledSince: world.clock.wallMs(), seq: 2 });
    world.clock.advance(10_000);
    expect(last(world)).toEqual(["a", "t869000"]);
  });

  test("is read at once when the switch comes while the old one fails", () => {
    const world = region(pollSpec(twoSites({ retry: { firstMs: 60_000, capMs: 60_000, giveUpAfterMs: null } })));
    world.poll();
    world.source.fail("retry");
    world.learn({ home: "a", from: "a", to: "b", notSettledSince: 0, seq: 1 });
    expect(last(world)).toEqual(["b", null]);
  });
});

describe("a reconcile", () => {
  const numbered = (number: number) => entryOf(`n${number}`, { sequence: { of: "device", number } });
  /** East was given some numbers; the first reading is over. */
  const reconciling = (spec = reconcilingSpec({ kind: "gap" })) => {
    const world = region(spec);
    world.poll();
    world.source.page("start");
    const give = (...numbers: readonly number[]): void => {
      for (const number of numbers) world.acceptor.accept(spec, numbered(number), () => {});
    };
    return { ...world, give };
  };

  test("is made at the start", () => {
    expect(reconciling().source.cursors).toEqual([null]);
  });

  test("is made for a gap that stays, and closes it", () => {
    const { source, clock, watch, accepted, give } = reconciling();
    give(1, 2, 5);
    clock.advance(rules.gapAfterMs - 1);
    expect(source.cursors).toEqual([null]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, "start"]);
    source.page(
      "end",
      [3, 4, 5].map(numbered).map(({ identity, ...rest }) => inputOf(identity, rest)),
    );
    clock.advance(rules.settleMs);
    expect([accepted(), watch.gaps]).toEqual([["n1", "n2", "n5", "n3", "n4"], []]);
    clock.advance(3_600_000);
    expect(source.cursors).toEqual([null, "start"]);
  });

  test("is not made for numbers that only overtook each other", () => {
    const { source, clock, give } = reconciling();
    give(1, 3);
    clock.advance(rules.gapAfterMs - 1);
    give(2);
    clock.advance(3_600_000);
    expect(source.cursors).toEqual([null]);
  });

  test("that does not find what is missing lists it, and is not made again for it", () => {
    const { source, clock, watch, give } = reconciling();
    give(1, 4);
    clock.advance(rules.gapAfterMs);
    source.page("end");
    clock.advance(3_600_000);
    expect(source.cursors).toEqual([null, "start"]);
    expect(watch.gaps).toMatchObject([{ series: "device", from: 2, to: 3, state: "listed" }]);
  });

  test("is made on its schedule", () => {
    const { source, clock } = reconciling(reconcilingSpec({ kind: "every", everyMs: 60_000 }));
    clock.advance(60_000);
    expect(source.cursors).toEqual([null, "start"]);
  });

  test("takes what was read only once what is on its way had time to come", () => {
    const world = region(reconcilingSpec({ kind: "gap" }));
    world.poll();
    world.source.page("start", ["a"]);
    world.clock.advance(rules.settleMs - 1);
    expect(world.accepted()).toEqual([]);
    world.clock.advance(1);
    expect(world.accepted()).toEqual(["a"]);
  });
});
