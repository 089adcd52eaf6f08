import { expect, test } from "vitest";
import type { PartnerSpec } from "../define/spec.ts";
import { noSource } from "./no-source.ts";
import { PartnerRegistry } from "./partner-registry.ts";
import { regionPolicy } from "./policy.ts";
import type { Answer } from "./ports.ts";
import { Replication } from "./replication.ts";
import { SiteKeeper } from "./site-keeper.ts";
import { sendSpec, TestClock, TestTaker, testPartner } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";

const partner: PartnerSpec = {
  ...testPartner,
  sites: {
    north: { url: "https://north.example", maintenance: [] },
    south: { url: "https://south.example", maintenance: [] },
  },
  topology: { mode: "active-active", recoveryPointMs: 60_000 },
};

/** East and its peers, sending to a partner whose two sites are both in use. */
const keeping = (peers: readonly string[]) => {
  const spec = sendSpec({ partner });
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
  const health = partners.of(spec);
  const answered = (site: string, verdict: Answer["verdict"]): void => {
    health.began(site);
    const against = verdict === "delivered" ? "nobody" : "site";
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
  const switches = () => journal.all(spec.name, "switch").map(({ from, to }) => `${from} to ${to}`);
  return { answered, says, switches };
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

test("no site is left where no other one answers", () => {
  const { answered, switches } = keeping([]);
  for (let failure = 0; failure < 20; failure += 1) answered("north", "retry");
  expect(switches()).toEqual([]);
});
