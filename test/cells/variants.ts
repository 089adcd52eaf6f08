// The variants of the matrix as steps: which fault begins and ends when.
import type { VariantName } from "../../src/matrix/cells.ts";
import * as faults from "./faults.ts";

export interface Step {
  readonly do: "begin" | "end";
  readonly fault: faults.Fault;
  /** Since the step before, in milliseconds. */
  readonly afterMs: number;
}

const alone = (fault: faults.Fault): readonly Step[] => [
  { do: "begin", fault, afterMs: 0 },
  { do: "end", fault, afterMs: fault.lastsMs },
];

/** From one failing to the other, and from one coming back to the other, in milliseconds. */
const apartMs = 3_000;

/** Two faults that overlap, in one of their four orders. */
const both = (first: faults.Fault, second: faults.Fault, back: faults.Fault): readonly Step[] => [
  { do: "begin", fault: first, afterMs: 0 },
  { do: "begin", fault: second, afterMs: apartMs },
  { do: "end", fault: back, afterMs: Math.max(first.lastsMs, second.lastsMs) },
  { do: "end", fault: back === first ? second : first, afterMs: apartMs },
];

const { killed: region, oneSite: site } = faults;

/** All that are made to happen here; tunnels are on premises only. */
export const variants: Readonly<Record<Exclude<VariantName, "one-tunnel">, readonly Step[]>> = {
  undisturbed: [],
  killed: alone(faults.killedAndDeployed),
  frozen: alone(faults.frozen),
  isolated: alone(faults.isolated),
  "cut-from-peer": alone(faults.cutFromPeer),
  "disk-lost": alone(faults.diskLost),
  "one-site": alone(faults.oneSite),
  "all-sites": alone(faults.allSites),
  "slow-site": alone(faults.slowSite),
  "forgetful-site": alone(faults.forgetfulSite),
  "region-site-region-site": both(region, site, region),
  "region-site-site-region": both(region, site, site),
  "site-region-region-site": both(site, region, region),
  "site-region-site-region": both(site, region, site),
  "one-region-link": alone(faults.oneRegionLink),
  "all-links": alone(faults.allLinks),
  "one-direction": alone(faults.oneDirection),
  "large-packets-lost": alone(faults.largePacketsLost),
};

export type DrilledVariant = keyof typeof variants;
export const isDrilled = (name: VariantName): name is DrilledVariant => name in variants;
