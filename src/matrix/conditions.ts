/** What a variant breaks, as data: the scene in which the deciding functions are asked. */
import type { VariantName } from "./cells.ts";

export interface Conditions {
  /** What befalls the region of ours that acts. */
  readonly region: "well" | "killed" | "frozen" | "isolated" | "cut-from-peer" | "disk-lost";
  /** What befalls the partner's site in use, or all of them. */
  readonly sites: "well" | "one-down" | "all-down" | "slow" | "forgetful";
  /** What befalls the link of the region that acts, or of all regions. */
  readonly link: "well" | "one-region" | "all" | "one-direction" | "one-tunnel" | "large-packets-lost";
  /** Of two disruptions, which comes first and which is over first; null: there is one at most. */
  readonly order: { readonly first: Part; readonly backFirst: Part } | null;
}
type Part = "region" | "site";

const well: Conditions = { region: "well", sites: "well", link: "well", order: null };
const both = (first: Part, backFirst: Part): Conditions => ({
  ...well,
  region: "killed",
  sites: "one-down",
  order: { first, backFirst },
});

const conditions: Readonly<Record<VariantName, Conditions>> = {
  undisturbed: well,
  killed: { ...well, region: "killed" },
  frozen: { ...well, region: "frozen" },
  isolated: { ...well, region: "isolated" },
  "cut-from-peer": { ...well, region: "cut-from-peer" },
  "disk-lost": { ...well, region: "disk-lost" },
  "one-site": { ...well, sites: "one-down" },
  "all-sites": { ...well, sites: "all-down" },
  "slow-site": { ...well, sites: "slow" },
  "forgetful-site": { ...well, sites: "forgetful" },
  "region-site-region-site": both("region", "region"),
  "region-site-site-region": both("region", "site"),
  "site-region-region-site": both("site", "region"),
  "site-region-site-region": both("site", "site"),
  "one-region-link": { ...well, link: "one-region" },
  "all-links": { ...well, link: "all" },
  "one-direction": { ...well, link: "one-direction" },
  "one-tunnel": { ...well, link: "one-tunnel" },
  "large-packets-lost": { ...well, link: "large-packets-lost" },
};

export const conditionsOf = (variant: VariantName): Conditions => conditions[variant];
