/** Every number that an explanation may state comes from here or from a connector's own spec. */
import { type RegionPolicy, regionPolicy } from "../core/policy.ts";
import {
  connectorDefaults,
  horizons,
  type LeasePolicy,
  leases,
  type Platform,
  partnerDefaults,
} from "../define/policy.ts";
import type { CommonSpec, TopologySpec } from "../define/spec.ts";

type Failback = Extract<TopologySpec, { readonly mode: "primary-secondary" }>["failback"];

export interface ConnectorPolicy
  extends Pick<
    CommonSpec,
    | "durability"
    | "whenAlone"
    | "ordering"
    | "dedupeWindowMs"
    | "hold"
    | "retention"
    | "retry"
    | "onInvalid"
    | "onConflict"
  > {
  readonly lookupAfterMs: number;
  readonly lookbackMs: number;
}

export interface MatrixPolicy {
  readonly lease: LeasePolicy;
  readonly region: RegionPolicy;
  /** Of a connector that states nothing of its own. */
  readonly connector: ConnectorPolicy;
  readonly partner: {
    readonly failoverAfterMs: number | null;
    /** What a partner must state, with the values of the example that cells are explained by. */
    readonly recoveryPointMs: number;
    readonly failback: Failback;
  };
  /** What a poll must state, with the value of the example. */
  readonly poll: { readonly everyMs: number };
  /** For how long a giver may repeat a message. */
  readonly giverRetriesMs: number;
}

/**
 * The defaults of a platform, and examples of what has none: `recoveryPoint: "1m"`, `failback: { stableFor: "30m" }`,
 * `every: "1m"`.
 */
export const matrixPolicy = (platform: Platform = "local"): MatrixPolicy => ({
  lease: leases[platform],
  region: regionPolicy,
  connector: connectorDefaults,
  partner: {
    failoverAfterMs: partnerDefaults.failoverAfterMs,
    recoveryPointMs: 60_000,
    failback: { kind: "stable", forMs: 1_800_000 },
  },
  poll: { everyMs: 60_000 },
  giverRetriesMs: horizons.giverRetriesMs,
});
