/** What is done about a bad link where we call: asked of the functions that decide it. */
import { lookEveryMs, renewEveryMs } from "../../core/timings.ts";
import type { Conditions } from "../conditions.ts";
import { regionsOf, type Scene } from "../scene.ts";
import { type SiteOutcome, siteFails } from "./site.ts";
import { longestFailingMs } from "./stall.ts";

export interface LinkOutcome {
  readonly site: SiteOutcome;
  /** The region that the connector is handed to; null: none reaches them better. */
  readonly lentTo: string | null;
  /** For how long the site counts as failing at a stretch where small packets pass; null: for as long as it lasts. */
  readonly failsAtMostMs: number | null;
  /** Bad for so long, it is handed over. */
  readonly lendAfterMs: number;
  /** From the first failure until the other region calls, at most. */
  readonly lentWithinMs: number;
}

/** What the region that calls decides while its link, or every link, is down. */
export const linkFails = (scene: Scene, link: Conditions["link"]): LinkOutcome => {
  const { struck, left } = regionsOf(scene);
  const isAlone = left === struck;
  const peerReaches = isAlone ? null : link !== "all";
  const failsAtMostMs = link === "large-packets-lost" ? longestFailingMs(scene) : null;
  const isBadLongEnough = failsAtMostMs === null || failsAtMostMs >= scene.policy.region.lendAfterMs;
  const { lease, region } = scene.policy;
  const seenWithinMs = region.lendAfterMs + renewEveryMs(lease) / 2;
  return {
    site: siteFails(scene, { othersAnswer: false, peerReaches }),
    lentTo: peerReaches === true && isBadLongEnough ? left : null,
    failsAtMostMs,
    lendAfterMs: region.lendAfterMs,
    // What is under way ends, and the other region asks for its exception.
    lentWithinMs: seenWithinMs + scene.spec.requestTimeoutMs + lookEveryMs(lease, true),
  };
};
