// A partner: its sites, and what of them all its connectors share.
import type { Location } from "../model.ts";
import type { AuthSpec } from "./proof.ts";

export interface RateSpec {
  readonly limit: number;
  readonly perMs: number;
  readonly burst: number;
  /** null: no limit of the partner's. */
  readonly concurrency: number | null;
}
export interface SiteSpec {
  readonly url?: string;
  readonly region?: string;
  readonly auth?: AuthSpec;
  /** Name of their endpoint service, through which the site is called. */
  readonly privateService?: string;
  readonly maintenance: readonly { readonly cron: string; readonly timezone: string; readonly durationMs: number }[];
}
export type TopologySpec =
  | { readonly mode: "active-active"; readonly recoveryPointMs: number }
  | {
      readonly mode: "primary-secondary";
      readonly primary: string;
      /** null: the partner has one site. */
      readonly secondary: string | null;
      /** null: never by itself. */
      readonly failoverAfterMs: number | null;
      readonly failback: { readonly kind: "manual" } | { readonly kind: "stable"; readonly forMs: number };
      readonly recoveryPointMs: number;
    };
export interface PartnerSpec {
  readonly name: string;
  readonly location: Location;
  readonly sites: Readonly<Record<string, SiteSpec>>;
  readonly topology: TopologySpec;
  readonly rate?: RateSpec;
  readonly tenants?: { readonly max: number; readonly rate?: RateSpec };
  readonly fixedSource: boolean;
}
