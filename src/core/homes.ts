import { hash } from "./sites.ts";

/** How the regions of an environment share their work. */
export interface RegionSet {
  /** Ordered; in primary-secondary the first is the primary. */
  readonly regions: readonly string[];
  readonly mode: "active-active" | "primary-secondary";
}

/** The region whose duty a connector's poll duty goes with: the primary, or in active-active the one it hashes to. */
export const pollHomeOf = (connector: string, { mode, regions }: RegionSet): string =>
  regions[mode === "active-active" ? hash(connector) % regions.length : 0] ?? "";

/** Where a duty is at home: in primary-secondary at the primary, and so are those of regions that were removed. */
export const dutyHomeOf = (region: string, { mode, regions }: RegionSet): string =>
  mode === "active-active" && regions.includes(region) ? region : (regions[0] ?? region);
