/** The intersystem matrix as data: every combination of its dimensions, and what is made to happen in each. */
import type { Role } from "../define/model.ts";

export const roles = ["receive", "poll", "send", "feed"] as const satisfies readonly Role[];
export const locations = ["same-cloud", "azure", "google-cloud", "on-prem"] as const;
export const topologies = ["primary-secondary", "active-active"] as const;
export const disruptions = ["none", "ours", "theirs", "both", "link"] as const;

export type CellLocation = (typeof locations)[number];
export type TopologyMode = (typeof topologies)[number];
export type Disruption = (typeof disruptions)[number];

export interface Cell {
  /** `<role>.<location>.<their topology>.<our topology>.<disruption>` */
  readonly id: string;
  readonly role: (typeof roles)[number];
  readonly location: CellLocation;
  readonly theirTopology: TopologyMode;
  readonly ourTopology: TopologyMode;
  readonly disruption: Disruption;
}

/** One way in which a disruption comes about. */
export type VariantName = keyof typeof variantTexts;

/** What is made to happen, in words. `region` is ours, `site` theirs. */
export const variantTexts = {
  undisturbed: "nothing goes wrong",
  killed: "one region's process is killed and comes back",
  frozen: "one region's process is stopped in its tracks longer than a lease, and woken",
  isolated: "one region is cut off from everything, and comes back",
  "cut-from-peer": "the regions do not reach each other; voters, givers and takers reach both",
  "disk-lost": "one region's process is killed, its disk is gone, and it comes back empty",
  "one-site": "the site in use is down, and comes back",
  "all-sites": "every site is down, and all come back",
  "slow-site": "the site in use answers slower than the time that a request has",
  "forgetful-site": "the site in use dies with what it had not replicated; its successor goes on without that",
  "region-site-region-site": "a region fails, then a site; the region is back first",
  "region-site-site-region": "a region fails, then a site; the site is back first",
  "site-region-region-site": "a site fails, then a region; the region is back first",
  "site-region-site-region": "a site fails, then a region; the site is back first",
  "one-region-link": "one region and the partner do not reach each other",
  "all-links": "no region and the partner reach each other",
  "one-direction": "what one region sends to the partner does not arrive",
  "one-tunnel": "one of the two tunnels of a region is down",
  "large-packets-lost": "the link carries small packets only: what is longer than 1,400 bytes stalls",
} as const;

interface VariantRow {
  readonly disruption: Disruption;
  readonly name: VariantName;
  /** Absent: everywhere. */
  readonly locations?: readonly CellLocation[];
}

const rows: readonly VariantRow[] = [
  { disruption: "none", name: "undisturbed" },
  { disruption: "ours", name: "killed" },
  { disruption: "ours", name: "frozen" },
  { disruption: "ours", name: "isolated" },
  { disruption: "ours", name: "cut-from-peer" },
  { disruption: "ours", name: "disk-lost" },
  { disruption: "theirs", name: "one-site" },
  { disruption: "theirs", name: "all-sites" },
  { disruption: "theirs", name: "slow-site" },
  { disruption: "theirs", name: "forgetful-site" },
  { disruption: "both", name: "region-site-region-site" },
  { disruption: "both", name: "region-site-site-region" },
  { disruption: "both", name: "site-region-region-site" },
  { disruption: "both", name: "site-region-site-region" },
  { disruption: "link", name: "one-region-link" },
  { disruption: "link", name: "all-links" },
  { disruption: "link", name: "one-direction" },
  { disruption: "link", name: "one-tunnel", locations: ["on-prem"] },
  { disruption: "link", name: "large-packets-lost" },
];

export const cellId = ({ role, location, theirTopology, ourTopology, disruption }: Omit<Cell, "id">): string =>
  [role, location, theirTopology, ourTopology, disruption].join(".");

/** All 320, in the order of the dimensions. */
export const cells: readonly Cell[] = roles.flatMap((role) =>
  locations.flatMap((location) =>
    topologies.flatMap((theirTopology) =>
      topologies.flatMap((ourTopology) =>
        disruptions.map((disruption) => {
          const cell = { role, location, theirTopology, ourTopology, disruption };
          return { id: cellId(cell), ...cell };
        }),
      ),
    ),
  ),
);

/** The variants that a cell's evidence must have. */
export const variantsOf = ({ disruption, location }: Pick<Cell, "disruption" | "location">): readonly VariantName[] =>
  rows
    .filter((row) => row.disruption === disruption && (row.locations === undefined || row.locations.includes(location)))
    .map(({ name }) => name);

/**
 * Cells whose id fits a filter: parts separated by dots, each a value, a list `a,b` or `*`; missing parts fit all.
 *
 * @example select("send.same-cloud.*.active-active")
 */
export const select = (filter: string): readonly Cell[] => {
  const parts = filter === "all" ? [] : filter.split(".").map((part) => part.split(","));
  return cells.filter(({ id }) => {
    const values = id.split(".");
    return parts.every((wanted, at) => wanted.includes("*") || wanted.includes(values[at] ?? ""));
  });
};
