import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AskedEpochs } from "../../core/asked-epochs.ts";
import { Lease } from "../../core/lease.ts";
import { decideSite } from "../../core/sites.ts";
import { TestClock, VoterPath } from "../../core/testing.ts";
import { type LeaseTimings, renewEveryMs } from "../../core/timings.ts";
import { VoterState } from "../../core/voter.ts";
import { type Cell, cells, select, type VariantName, variantsOf } from "../cells.ts";
import { type MatrixPolicy, matrixPolicy } from "../policy.ts";
import { rules } from "../rules.ts";
import { explainCell } from "./explain.ts";
import type { OurVariant } from "./model.ts";
import { textOf } from "./print.ts";

const policy = matrixPolicy();
const cell = (id: string): Cell => {
  const [found] = select(id);
  if (found === undefined) throw new Error(`no cell ${id}`);
  return found;
};
const ours = (id: string, variant: VariantName, by: MatrixPolicy = policy): OurVariant => {
  const told = explainCell(cell(id), "ours", by);
  const found = told.perspective === "ours" ? told.variants.find((one) => one.variant === variant) : undefined;
  if (found === undefined) throw new Error(`${id} tells nothing of ${variant}`);
  return found;
};
const ofCell = (one: Cell, by: MatrixPolicy = policy): string =>
  (["ours", "theirs"] as const).map((perspective) => textOf(explainCell(one, perspective, by))).join("\n");

describe("every cell", () => {
  test.each(["ours", "theirs"] as const)("tells of every variant, from %s", (perspective) => {
    for (const one of cells) {
      const { variants } = explainCell(one, perspective);
      expect(variants.map(({ variant }) => variant)).toEqual(variantsOf(one));
      for (const told of variants) {
        const lines = "what" in told ? [...told.what, told.acts, told.bound.text] : [...told.sees, ...told.does];
        expect(lines.length).toBeGreaterThanOrEqual(2);
        for (const line of lines) expect(line, one.id).not.toMatch(/undefined|null|NaN|Infinity|^\s*$/);
        expect(told.rules.length, one.id).toBeGreaterThan(0);
      }
    }
  });

  test("names rules whose code is there", () => {
    for (const { file, name } of Object.values(rules)) {
      expect(readFileSync(join(import.meta.dirname, "../../..", file), "utf8")).toMatch(
        new RegExp(`export (const|class|interface) ${name}\\b`),
      );
    }
  });
});

test("no sentence states a number that is not computed", () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/test\.ts$|text\.ts$/.test(file))
    .map((file) => [file, readFileSync(join(import.meta.dirname, file), "utf8")] as const);
  expect(files.length).toBeGreaterThan(10);
  for (const [file, code] of files) {
    const texts = code
      .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "")
      .match(/`[^`]*`|"[^"\n]*"/g)
      ?.filter((text) => !text.includes("/"));
    for (const text of texts ?? []) expect(text.replaceAll("2xx", ""), file).not.toMatch(/\d/);
  }
});

describe("a changed default changes what is told, and nothing else", () => {
  const changes: readonly (readonly [string, MatrixPolicy, (one: Cell) => boolean])[] = [
    [
      "the lease",
      { ...policy, lease: { ...policy.lease, ttlMs: 12_000 } },
      ({ role, disruption }) =>
        disruption === "ours" ||
        disruption === "both" ||
        ((disruption === "link" || disruption === "theirs") && (role === "send" || role === "poll")),
    ],
    [
      "failoverAfter",
      { ...policy, partner: { ...policy.partner, failoverAfterMs: 600_000 } },
      ({ role, theirTopology, disruption }) =>
        (role === "send" || role === "poll") &&
        theirTopology === "primary-secondary" &&
        (disruption === "theirs" || disruption === "both"),
    ],
    [
      "the breaker",
      {
        ...policy,
        region: {
          ...policy.region,
          partner: { ...policy.region.partner, breaker: { ...policy.region.partner.breaker, failures: 9 } },
        },
      },
      ({ role, disruption }) =>
        (role === "send" || role === "poll") && (disruption === "theirs" || disruption === "both"),
    ],
    [
      "lookback",
      { ...policy, connector: { ...policy.connector, lookbackMs: 90_000 } },
      ({ role, disruption }) => role === "poll" && (disruption === "ours" || disruption === "both"),
    ],
    [
      "when a connector is lent",
      { ...policy, region: { ...policy.region, lendAfterMs: 7_000 } },
      ({ role, disruption }) => (role === "send" || role === "poll") && disruption === "link",
    ],
    [
      "the window of repeats",
      { ...policy, connector: { ...policy.connector, dedupeWindowMs: 86_400_000 } },
      ({ role, disruption }) => role === "receive" && (disruption === "none" || disruption === "theirs"),
    ],
  ];
  test.each(changes)("%s", (_, changed, concerned) => {
    const differing = cells.filter((one) => ofCell(one) !== ofCell(one, changed));
    expect(differing.map(({ id }) => id)).toEqual(cells.filter(concerned).map(({ id }) => id));
  });
});

describe("what is told is what is done", () => {
  /** How long after the holder was lost another region holds its lease. */
  const takeover = (timings: LeaseTimings, random: number): number => {
    const clock = new TestClock();
    const regions = ["east", "west"];
    const voters = [...regions, "witness"].map(
      (name) => new VoterState(name, timings, clock, {}, (_, done) => done(true), [], regions),
    );
    clock.advance(timings.ttlMs);
    const lost = { epoch: 0, at: 0 };
    const lease = (holder: string, paths: readonly VoterPath[], acquired: (epoch: number) => void): Lease =>
      new Lease(
        {
          duty: "east",
          holder,
          home: holder === "east",
          wants: () => false,
          timings,
          voterSets: { generation: 1, sets: [voters.map(({ name }) => name)] },
          epochs: new AskedEpochs(),
        },
        clock,
        () => random,
        paths,
        { acquired, lapsed: () => {} },
      );
    const eastPaths = voters.map((voter) => new VoterPath(voter));
    lease("east", eastPaths, () => {}).seek();
    lease(
      "west",
      voters.map((voter) => new VoterPath(voter)),
      (epoch) => Object.assign(lost, { epoch, at: clock.monotonicMs() }),
    ).seek();
    clock.advance(10 * timings.ttlMs + 1);
    const from = clock.monotonicMs();
    for (const path of eastPaths) path.cut = true;
    clock.advance(5 * timings.ttlMs);
    expect(lost.epoch).toBe(2);
    return lost.at - from;
  };

  test.each([8_000, 12_000])("a takeover under a lease of %i ms", (ttlMs) => {
    const by = { ...policy, lease: { ...policy.lease, ttlMs } };
    const { bound } = ours("send.same-cloud.primary-secondary.active-active.ours", "killed", by);
    const withinMs = (bound.withinMs ?? 0) - by.region.replication.refreshMs;
    const took = [0, 0.5, 0.999].map((random) => takeover(by.lease, random));
    expect(Math.max(...took)).toBeLessThanOrEqual(withinMs);
    expect(Math.max(...took)).toBeGreaterThan(ttlMs / 2);
  });

  test.each([3_600_000, 600_000])("a site switch with failoverAfter %i ms", (failoverAfterMs) => {
    const by = { ...policy, partner: { ...policy.partner, failoverAfterMs } };
    const { bound } = ours("send.same-cloud.primary-secondary.active-active.theirs", "one-site", by);
    const decided = (since: number) =>
      decideSite({
        topology: {
          mode: "primary-secondary",
          primary: "north",
          secondary: "south",
          failoverAfterMs,
          failback: { kind: "manual" },
          recoveryPointMs: 0,
        },
        chosen: { home: "north", site: "north", seq: 0 },
        verdict: { kind: "theirs", since },
        others: [{ site: "south", knowledge: { failingForMs: null, failedAgeMs: null, wellAgeMs: 0, wellForMs: 0 } }],
        freshMs: by.region.freshMs,
        homeStableMs: by.region.homeStableMs,
      }).kind;
    const seenMs = 2 * by.region.partner.probeEveryMs + renewEveryMs(by.lease) / 2;
    const after = (bound.withinMs ?? 0) - seenMs;
    expect([decided(after - 1), decided(after)]).toEqual(["stay", "switch"]);
  });
});

describe("for example", () => {
  const killed = "send.same-cloud.primary-secondary.active-active.ours";

  test("two regions that do not reach each other keep their leases", () => {
    const told = ours(killed, "cut-from-peer");
    expect(told.acts).toBe("east sends what it accepted, west what it accepted");
    expect(told.duplicates).toEqual([]);
  });

  test("a partner whose failover is by hand is not switched by time", () => {
    const by = { ...policy, partner: { ...policy.partner, failoverAfterMs: null } };
    const told = ours("send.azure.primary-secondary.active-active.theirs", "one-site", by);
    expect(told.what).toContain("Nothing is switched: failover is by hand.");
  });

  test("a cut link is no dead site, and the other region calls", () => {
    const told = ours("send.on-prem.primary-secondary.active-active.link", "one-region-link");
    expect(told.what.join(" ")).toContain("a peer reaches the site");
    expect(told.acts).toBe("west sends, for this connector alone");
  });

  test("with every link down nobody calls, and nothing is switched", () => {
    const told = ours("poll.on-prem.active-active.active-active.link", "all-links");
    expect(told.acts).toBe("nobody, until a link is back");
  });

  test("a connector that needs two regions is refused while one is alone, and the giver is told for how long", () => {
    const by: MatrixPolicy = { ...policy, connector: { ...policy.connector, durability: "replicated" } };
    const told = explainCell(cell("receive.same-cloud.active-active.active-active.ours"), "theirs", by);
    expect(textOf(told)).toContain("503 with Retry-After 2 s");
  });

  test("a lost disk begins a new journal", () => {
    expect(ours(killed, "disk-lost").afterwards).toContain("east begins a new journal (no disk)");
    expect(ours(killed, "killed").afterwards).toContain("east goes on with its journal");
  });
});
