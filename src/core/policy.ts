import type { DispatchRules } from "./dispatch-ports.ts";
import type { FeedPolicy } from "./feed-desk.ts";
import type { PartnerPolicy } from "./partner.ts";
import type { PollRules } from "./poller-ports.ts";
import type { ReplicationPolicy } from "./replication.ts";

/** How a region works inside. Data of the environment; the simulation shortens some. */
export interface RegionPolicy {
  readonly replication: ReplicationPolicy;
  readonly dispatch: DispatchRules;
  readonly partner: PartnerPolicy;
  readonly poll: Omit<PollRules, "clockSkewMs">;
  /** Concurrency towards the own hub. */
  readonly hubConcurrency: number;
  /** What a peer or site said counts for this long. */
  readonly freshMs: number;
  /** A connector is handed to a region with a better link after its own was bad this long. */
  readonly lendAfterMs: number;
  /** An active-active partner's site takes its keys back after it was well this long. */
  readonly homeStableMs: number;
  /** By how much wall clocks of regions may differ. */
  readonly clockSkewMs: number;
  /** Records that a returning home may lack when the adopter begins to hand back. */
  readonly littleBehind: number;
  readonly pruneEveryMs: number;
  readonly feed: FeedPolicy;
}

export const regionPolicy: RegionPolicy = {
  replication: { waitMs: 2_000, retryMs: 1_000, gatherMs: 5, batch: 2_000, refreshMs: 2_000, silenceMs: 5_000 },
  dispatch: { window: 1_024, laneWindow: 16, underWay: 256, storeRetryMs: 500 },
  partner: {
    breaker: { failures: 5, firstRestMs: 250, longestRestMs: 15_000 },
    probeEveryMs: 1_000,
    concurrency: 32,
  },
  poll: { acceptRetryMs: 1_000, settleMs: 2_000, gapAfterMs: 2_000, quietRunMs: 3_600_000 },
  hubConcurrency: 128,
  freshMs: 3_000,
  lendAfterMs: 4_000,
  homeStableMs: 10_000,
  clockSkewMs: 1_000,
  littleBehind: 500,
  pruneEveryMs: 60_000,
  feed: {
    limit: 1_000,
    waitMs: 60_000,
    perReader: 4,
    inAll: 256,
    gatherMs: 5,
    acknowledgeEveryMs: 200,
    quietRecords: 1_000,
    looks: 4,
  },
};
