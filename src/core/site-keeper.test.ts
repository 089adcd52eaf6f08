import { describe, expect, test } from "vitest";
import type { ConnectorSpec, HttpPollSpec, PartnerSpec } from "../define/spec.ts";
import { noSource } from "./no-source.ts";
import { PartnerRegistry } from "./partner-registry.ts";
import { regionPolicy } from "./policy.ts";
import type { Answer } from "./ports.ts";
import { Replication } from "./replication.ts";
import { SiteKeeper } from "./site-keeper.ts";
import { sendSpec, TestClock, TestTaker, testPartner } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { pollSpec } from "./testing-source.ts";

const partner: PartnerSpec = {
  ...testPartner,
  sites: {
    north: { url: "https://north.example", maintenance: [] },
    south: { url: "https://south.example", maintenance: [] },
  },
  topology: { mode: "active-active", recoveryPointMs: 60_000 },
};

/** East and its peers, sending to a partner whose two sites are both in use. */
const keeping = (peers: readonly string[], spec: ConnectorSpec = sendSpec({ partner })) => {
  const clock = new TestClock();
  const journal = new TestJournal("east");
  const taker = new TestTaker();
  const ports = { clock, random: () => 0.5, journal, observer: { observe: () => {} } };
  const replication = new Replication(
    "east",
    peers,
    regionPolicy.replication,
    { ...ports, peers: { pull: () => {} } },
    () => ({ ready: true, reach: {} }),
    { applied: () => {}, heard: () => {} },
  );
  const partners = new PartnerRegistry(
    regionPolicy,
    { ...ports, taker: () => taker, source: () => noSource },
    () => {},
  );
  const config = { region: "east", regions: ["east", ...peers], mode: "active-active" } as const;
  const keeper = new SiteKeeper(config, regionPolicy, ports, partners, replication, (...asked) =>
    journal.write(...asked),
  );
  partners.use(spec);
  const health = partners.sourceOf(spec);
  const answered = (site: string, verdict: Answer["verdict"], whose: Answer["against"] = "site"): void => {
    health.began(site);
    const against = verdict === "delivered" ? "nobody" : whose;
    health.ended(site, { verdict, against, sent: true, waitMs: null, reason: "503" }, clock.wallMs());
    keeper.consider(spec);
  };
  const says = (region: string, ok: boolean): void =>
    replication.peers.asked({
      region,
      incarnation: 1,
      vectors: {},
      ready: true,
      reach: { "partner/north": { ok, ageMs: 0 } },
      waitMs: 0,
    });
  const lostSince = () => journal.all(spec.name, "switch").map(({ notSettledSince }) => notSettledSince);
  const switches = () => journal.all(spec.name, "switch").map(({ from, to }) => `${from} to ${to}`);
  return { spec, clock, journal, keeper, health, answered, says, switches, lostSince };
};

test("one failure of a site is no failover where no other region can be asked", () => {
  const { answered, switches } = keeping([]);
  answered("south", "delivered");
  answered("north", "retry");
  expect(switches()).toEqual([]);
  for (let failure = 0; failure < regionPolicy.partner.breaker.failures; failure += 1) answered("north", "retry");
  expect(switches()).toEqual(["north to south"]);
});

test("a site that a peer does not reach either is left at once", () => {
  const { answered, says, switches } = keeping(["west"]);
  says("west", false);
  answered("south", "delivered");
  answered("north", "retry");
  expect(switches()).toEqual(["north to south"]);
});

test("a site that a peer reaches is never left: the link is bad, not the site", () => {
  const { answered, says, switches } = keeping(["west"]);
  says("west", true);
  answered("south", "delivered");
  for (let failure = 0; failure < 20; failure += 1) answered("north", "retry");
  expect(switches()).toEqual([]);
});

test("a site that does not take our credentials is not left: its breaker opens, and peers are told nothing of it", () => {
  const { answered, says, switches, health } = keeping(["west"]);
  says("west", false);
  answered("south", "delivered");
  for (let failure = 0; failure < 20; failure += 1) answered("north", "retry", "credentials");
  expect(switches()).toEqual([]);
  expect(health.breaker("north").kind).toBe("open");
  expect(health.reach()).not.toHaveProperty("partner/north");
});

test("a site that failed before it refused our credentials is left all the same", () => {
  const { answered, says, switches } = keeping(["west"]);
  says("west", false);
  answered("north", "retry");
  answered("north", "retry", "credentials");
  answered("south", "delivered");
  expect(switches()).toEqual(["north to south"]);
});

test("no site is left where no other one answers", () => {
  const { answered, switches } = keeping([]);
  for (let failure = 0; failure < 20; failure += 1) answered("north", "retry");
  expect(switches()).toEqual([]);
});

describe("of a connector that reads", () => {
  const reading = (peers: readonly string[], acrossSites: HttpPollSpec["acrossSites"] = "rewind") =>
    keeping(peers, pollSpec({ partner }, { acrossSites }));
  const fail = ({ answered }: ReturnType<typeof reading>): void => {
    for (let failure = 0; failure < 20; failure += 1) answered("north", "retry");
  };

  test("the site is left as for one that sends; there is one chain, at home at the first site", () => {
    const world = reading(["west"]);
    world.says("west", false);
    world.answered("south", "delivered");
    fail(world);
    expect(world.switches()).toEqual(["north to south"]);
    world.answered("south", "retry");
    expect(world.switches()).toEqual(["north to south"]);
  });

  test("a bad link switches no site, and hands the poll to a region that reaches it", () => {
    const world = reading(["west"]);
    world.says("west", true);
    world.answered("south", "delivered");
    fail(world);
    expect(world.keeper.betterRegion(world.spec)).toBeNull();
    world.clock.advance(regionPolicy.lendAfterMs);
    world.says("west", true);
    expect([world.switches(), world.keeper.betterRegion(world.spec)]).toEqual([[], "west"]);
  });

  test("with all links down it stays where it is", () => {
    const world = reading(["west"]);
    world.says("west", false);
    fail(world);
    world.clock.advance(regionPolicy.lendAfterMs);
    world.says("west", false);
    world.keeper.consider(world.spec);
    expect([world.switches(), world.keeper.betterRegion(world.spec)]).toEqual([[], null]);
  });

  test("a site whose cursors are its own is not left, and the status can say why", () => {
    const world = reading(["west"], "refuse");
    world.says("west", false);
    world.answered("south", "delivered");
    expect(world.keeper.whyHere(world.spec)).toBe("");
    fail(world);
    expect(world.switches()).toEqual([]);
    expect(world.keeper.whyHere(world.spec)).toContain("acrossSites: refuse");
  });

  test("what may be lost is counted back from the last page, also one that another region read", () => {
    const world = reading(["west"]);
    const { clock, journal, spec } = world;
    const at = clock.wallMs();
    const value = { site: "north", seq: 0, at, cursor: "1", trail: [], home: "west", lift: 0 };
    journal.put(spec.name, "west.1", { kind: "cursor", source: "poll", value: JSON.stringify(value), epoch: 1 });
    clock.advance(600_000);
    world.says("west", false);
    world.answered("south", "delivered");
    fail(world);
    const { recoveryPointMs } = partner.topology;
    expect(world.lostSince()).toEqual([at - spec.requestTimeoutMs - recoveryPointMs - regionPolicy.clockSkewMs]);
  });
});
