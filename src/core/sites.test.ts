import { describe, expect, test } from "vitest";
import type { TopologySpec } from "../define/spec.ts";
import { decideSite, notSettledSince, readHomeOf, type SiteKnowledge, type SiteQuestion, verdictOn } from "./sites.ts";
import { testPartner } from "./testing.ts";

const well: SiteKnowledge = { failingForMs: null, failedAgeMs: null, wellAgeMs: 100, wellForMs: 60_000 };
const failing = (forMs: number): SiteKnowledge => ({
  failingForMs: forMs,
  failedAgeMs: 0,
  wellAgeMs: forMs + 100,
  wellForMs: 0,
});
const neverSeen: SiteKnowledge = { failingForMs: null, failedAgeMs: null, wellAgeMs: null, wellForMs: 0 };
const freshMs = 3_000;

const primarySecondary: TopologySpec = {
  mode: "primary-secondary",
  primary: "a",
  secondary: "b",
  failoverAfterMs: 10_000,
  failback: { kind: "manual" },
  recoveryPointMs: 5_000,
};

describe("whose trouble it is", () => {
  test.each<[string, SiteKnowledge, (boolean | null)[], SiteKnowledge[], string]>([
    ["the site answers", well, [], [well], "well"],
    [
      "it fails here and a peer does not reach it either, another site answers",
      failing(200),
      [false],
      [well],
      "theirs",
    ],
    ["it fails here and no peer is reached, another site answers", failing(200), [], [well], "theirs"],
    ["it fails here and a peer has not told yet", failing(1), [false, null], [well], "link"],
    ["it fails here but a peer reaches it", failing(1), [true], [well], "link"],
    ["no site of theirs answers here", failing(1), [false], [failing(1)], "link"],
    ["the other site was never asked", failing(1), [false], [neverSeen], "link"],
    ["the partner has one site", failing(1), [], [], "link"],
    ["the other site has not answered since it fails: the link may be going", failing(50), [false], [well], "link"],
    [
      "it has not failed since the other answers again: the link may be coming back",
      { ...failing(8_000), failedAgeMs: 300 },
      [false],
      [{ ...well, wellForMs: 200 }],
      "link",
    ],
  ])("%s", (_, site, peers, others, kind) => {
    expect(verdictOn(site, peers, others, freshMs).kind).toBe(kind);
  });
});

describe("the site in use", () => {
  const question = (over: Partial<SiteQuestion>): SiteQuestion => ({
    topology: primarySecondary,
    chosen: { home: "a", site: "a", seq: 0 },
    verdict: { kind: "theirs", since: 10_000 },
    others: [{ site: "b", knowledge: well }],
    freshMs,
    homeStableMs: 10_000,
    ...over,
  });
  const away = { home: "a", site: "b", seq: 1 };
  const atHomeAgain = { chosen: away, verdict: { kind: "well" }, others: [{ site: "a", knowledge: well }] } as const;

  test("changes once the primary failed for failoverAfter", () => {
    expect(decideSite(question({}))).toMatchObject({ kind: "switch", to: "b" });
  });

  test.each<[string, Partial<SiteQuestion>]>([
    ["before failoverAfter", { verdict: { kind: "theirs", since: 9_999 } }],
    ["with failover by hand", { topology: { ...primarySecondary, failoverAfterMs: null } }],
    ["over a bad link", { verdict: { kind: "link", why: "a peer reaches the site" } }],
    ["to a site that does not answer", { others: [{ site: "b", knowledge: failing(1) }] }],
    ["back by itself where failback is manual", atHomeAgain],
    [
      "back before home is stable",
      { ...atHomeAgain, topology: { ...primarySecondary, failback: { kind: "stable", forMs: 60_001 } } },
    ],
  ])("does not change %s", (_, over) => {
    expect(decideSite(question(over)).kind).toBe("stay");
  });

  test("returns home once home was well for stableFor", () => {
    const topology: TopologySpec = { ...primarySecondary, failback: { kind: "stable", forMs: 60_000 } };
    expect(decideSite(question({ ...atHomeAgain, topology }))).toMatchObject({ kind: "switch", to: "a" });
  });

  test("of a connector that reads does not change where its cursor is good at no other site, and the reason says so", () => {
    const topology: TopologySpec = { ...primarySecondary, failback: { kind: "stable", forMs: 60_000 } };
    for (const over of [{}, { ...atHomeAgain, topology }]) {
      const decision = decideSite(question({ ...over, acrossSites: "refuse" }));
      expect(decision).toEqual({ kind: "stay", why: expect.stringContaining("acrossSites: refuse") });
    }
    expect(decideSite(question({ acrossSites: "rewind" }))).toMatchObject({ kind: "switch", to: "b" });
  });

  test("of an active-active partner changes at once", () => {
    const topology: TopologySpec = { mode: "active-active", recoveryPointMs: 0 };
    expect(decideSite(question({ topology, verdict: { kind: "theirs", since: 0 } })).kind).toBe("switch");
  });
});

describe("the home of what is read", () => {
  const at = (mode: "active-active" | "primary-secondary", region: string): string =>
    readHomeOf(
      {
        ...testPartner,
        sites: { far: { region: "south", maintenance: [] }, near: { region: "east", maintenance: [] } },
        topology:
          mode === "active-active" ? { mode, recoveryPointMs: 0 } : { ...primarySecondary, primary: "far", mode },
      },
      region,
    );

  test("is the primary", () => expect(at("primary-secondary", "east")).toBe("far"));
  test("is the site of an active-active partner in the region that reads", () =>
    expect(at("active-active", "east")).toBe("near"));
  test("is the first site where none says that it is there", () => expect(at("active-active", "north")).toBe("far"));
});

test("the redelivery window is measured back from the last good answer, not from the switch", () => {
  expect(notSettledSince(100_000, 5_000, 1_000)).toBe(94_000);
});

test("without any good answer everything known is delivered again", () => {
  expect(notSettledSince(null, 5_000, 1_000)).toBe(0);
});
