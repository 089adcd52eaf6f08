import { pollHomeOf } from "../core/homes.ts";
import { readHomeOf } from "../core/sites.ts";
import type { Cell, VariantName } from "../matrix/cells.ts";
import type { Dice } from "./random.ts";
import { type Fault, type Shape, sitesOf } from "./schedule-model.ts";
import { partnerSpec } from "./specs.ts";
import { leaseTimings } from "./timings.ts";

/** When a fault begins and ends, true time in milliseconds. */
interface When {
  readonly at: number;
  readonly until: number;
}

/** Exactly what a variant says, at random times: nothing else goes wrong. */
export const variantFaults = (from: Dice, cell: Cell, variant: VariantName, shape: Shape): readonly Fault[] => {
  const region = regionOf(from, shape, cell);
  const sites = sitesOf(shape.partner);
  const site = siteOf(from, shape, cell);
  const when = beginning(from, lastingOf(from));
  switch (variant) {
    case "undisturbed":
      return [];
    case "killed":
      return [{ ...when, kind: "crash", machine: region }];
    case "frozen": {
      const least = leaseTimings.ttlMs + from.int(500, 3_000);
      return [{ at: when.at, until: Math.max(when.until, when.at + least), kind: "freeze", machine: region }];
    }
    case "isolated":
      return [{ ...when, kind: "isolated", machine: region }];
    case "disk-lost":
      return [{ ...when, kind: "disk-lost", machine: region }];
    case "cut-from-peer":
      return [{ ...when, kind: "cut", from: "east", to: "west" }];
    case "one-site":
      return [{ ...when, kind: "site-lost", site }];
    case "all-sites":
      return sites.map((each) => ({ ...when, kind: "site-lost", site: each }));
    case "slow-site":
      return [{ ...when, kind: "site-slow", site, delayMs: from.int(5_500, 7_000) }];
    case "forgetful-site":
      return [{ ...beginning(from, from.int(12_000, 18_000)), kind: "site-lost", site }];
    case "region-site-region-site":
    case "region-site-site-region":
    case "site-region-region-site":
    case "site-region-site-region":
      return both(from, variant, ourFault(from, region), site);
    case "one-region-link":
      return links(cut(from, cell), when, [region], sites);
    case "all-links":
      return links(cut(from, cell), when, shape.regions, sites);
    case "one-direction":
      return links((each) => ({ ...each, kind: "link-one-way" }), when, [region], sites);
    case "one-tunnel":
      return links(
        (each) => ({ ...each, kind: "link-cut" }),
        { at: when.at, until: when.at + from.int(1_200, 3_000) },
        [region],
        sites,
      );
    case "large-packets-lost":
      return links((each) => ({ ...each, kind: "link-narrow" }), when, [region], sites);
  }
};

type Way = When & { readonly machine: string; readonly site: string };

const links = (
  broken: (way: Way) => Fault,
  when: When,
  regions: readonly string[],
  sites: readonly string[],
): readonly Fault[] => regions.flatMap((machine) => sites.map((site) => broken({ ...when, machine, site })));

/**
 * How a link of the location goes: in one cloud by its path or by its trust, to another cloud by its path or because no
 * token is to be had, to premises by its tunnels.
 */
const cut = (from: Dice, { location }: Cell): ((way: Way) => Fault) => {
  const path = (way: Way): Fault => ({ ...way, kind: "link-cut" });
  const refused = (way: Way, status: 401 | 403 | null): Fault => ({ ...way, kind: "link-refused", status });
  switch (location) {
    case "same-cloud": {
      const status = from.pick([401, 403, null] as const);
      return from.chance(0.5) ? path : (way) => refused(way, status);
    }
    case "azure":
    case "google-cloud":
      return from.chance(0.6) ? path : (way) => refused(way, 401);
    case "on-prem":
      return path;
  }
};

/**
 * Where our regions are primary and secondary the primary has most to lose. A link is only missed by the region that
 * calls over it, or that is called.
 */
const regionOf = (from: Dice, shape: Shape, { role, disruption }: Cell): string => {
  const [first = "east", second = "west"] = shape.regions;
  const calls = disruption === "link" && (role === "send" || role === "poll");
  const reads = shape.connectors[0]?.feed ?? null;
  if (disruption === "link" && reads !== null) return reads.firstRegion === 0 ? first : second;
  if (role === "poll" && (calls || from.chance(0.7))) return pollHome(shape);
  if (shape.mode === "active-active") return from.chance(0.5) ? first : second;
  return calls || from.chance(0.85) ? first : second;
};

/** A site in use: the primary; of an active-active partner the one that is read, or any that calls or is called. */
const siteOf = (from: Dice, shape: Shape, { role }: Cell): string => {
  const [first, ...others] = sitesOf(shape.partner);
  if (shape.partner.mode !== "active-active") return first;
  if (role === "poll") return readHomeOf(partnerSpec(shape.partner), pollHome(shape));
  return from.pick([first, ...others]);
};

const pollHome = (shape: Shape): string => pollHomeOf(shape.connectors[0]?.name ?? "", shape);

/** Half of all faults last until everything has moved and flows again; the others end in the middle of it. */
const lastingOf = (from: Dice): number => (from.chance(0.5) ? from.int(16_000, 24_000) : from.int(5_000, 16_000));

/** Voters that have just started grant nothing for one ttl: only then regions act, and there is something to disturb. */
const settledInMs = leaseTimings.ttlMs + 4_000;

const beginning = (from: Dice, lastingMs: number): When => {
  const at = settledInMs + from.int(0, 5_000);
  return { at, until: at + lastingMs };
};

const ourFault = (from: Dice, machine: string): ((when: When) => Fault) => {
  const kind = from.pick(["crash", "crash", "freeze", "isolated", "disk-lost"] as const);
  return (when) => ({ ...when, kind, machine });
};

/** The four orders in which a region and a site fail and come back. */
const both = (from: Dice, variant: VariantName, ours: (when: When) => Fault, site: string): readonly Fault[] => {
  const first = settledInMs + from.int(0, 4_000);
  const second = first + from.int(500, 8_000);
  // By then another region has taken over, and has met the site that is lost.
  const third = Math.max(second, first + leaseTimings.ttlMs) + leaseTimings.ttlMs + from.int(2_000, 8_000);
  const fourth = third + from.int(500, 8_000);
  const theirs = (when: When): Fault => ({ ...when, kind: "site-lost", site });
  switch (variant) {
    case "region-site-region-site":
      return [ours({ at: first, until: third }), theirs({ at: second, until: fourth })];
    case "region-site-site-region":
      return [ours({ at: first, until: fourth }), theirs({ at: second, until: third })];
    case "site-region-region-site":
      return [theirs({ at: first, until: fourth }), ours({ at: second, until: third })];
    default:
      return [theirs({ at: first, until: third }), ours({ at: second, until: fourth })];
  }
};
