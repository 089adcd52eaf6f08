/** Which of the partner's sites is used: asked of the functions that decide it. */
import { afterFailure, type BreakerState, closedBreaker } from "../../core/breaker.ts";
import { readingPlan } from "../../core/reading-plan.ts";
import {
  alternatives,
  type ChosenSite,
  decideSite,
  homesOf,
  notSettledSince,
  readHomeOf,
  type SiteDecision,
  type SiteKnowledge,
  type Verdict,
  verdictOn,
} from "../../core/sites.ts";
import { renewEveryMs } from "../../core/timings.ts";
import { polls, regionsOf, type Scene } from "../scene.ts";
import { firstMs } from "./search.ts";

/** What of theirs answers the region that acts, and whether a peer reaches the site in use (null: no peer is there). */
export interface View {
  readonly othersAnswer: boolean;
  readonly peerReaches: boolean | null;
}

export interface SiteOutcome {
  readonly from: string;
  readonly verdict: Verdict["kind"];
  /** Why nothing is switched, at first. */
  readonly why: string | null;
  /** How long the site must have failed before it is left; null: time alone does not lead to a switch. */
  readonly switchAfterMs: number | null;
  readonly to: string | null;
  /** From its first failure until another site is used, at most. */
  readonly switchWithinMs: number | null;
  /** Of that, until every region has seen it fail, its target was seen to be well, and that was looked at. */
  readonly seenWithinMs: number;
}

const well: SiteKnowledge = { failingForMs: null, failedAgeMs: null, wellAgeMs: 0, wellForMs: 0 };
const failingFor = (ms: number): SiteKnowledge => ({ failingForMs: ms, failedAgeMs: 0, wellAgeMs: ms, wellForMs: 0 });

/** What is decided about a site in use that fails. */
export const siteFails = (scene: Scene, view: View): SiteOutcome => {
  const { spec, policy } = scene;
  const chosen = chainOf(scene);
  const acrossSites = readingPlan(spec)?.acrossSites;
  const decided = (failingMs: number, reads = acrossSites): SiteDecision =>
    decideSite({
      ...(reads !== undefined && { acrossSites: reads }),
      topology: spec.partner.topology,
      chosen,
      verdict: verdict(failingMs),
      others: alternatives(spec.partner, chosen).map((site) => ({ site, knowledge: knowledge(failingMs) })),
      freshMs: policy.region.freshMs,
      homeStableMs: policy.region.homeStableMs,
    });
  const knowledge = (failingMs: number): SiteKnowledge => (view.othersAnswer ? well : failingFor(failingMs));
  const verdict = (failingMs: number): Verdict =>
    verdictOn(
      failingFor(failingMs),
      view.peerReaches === null ? [] : [view.peerReaches],
      alternatives(spec.partner, chosen).map(() => knowledge(failingMs)),
      policy.region.freshMs,
    );
  const switchAfterMs = firstMs((afterMs) => decided(afterMs).kind === "switch");
  const taken = switchAfterMs === null ? null : decided(switchAfterMs);
  const first = decided(firstMs((afterMs) => decided(afterMs, "exact").kind === "switch") ?? 0);
  // A probe of each region, one after the other; of a region that is alone as many as open the breaker.
  const probes = view.peerReaches === null ? breakerUnder(scene).failures : 2;
  const seenWithinMs = probes * policy.region.partner.probeEveryMs + renewEveryMs(policy.lease) / 2;
  return {
    from: chosen.site,
    verdict: verdict(0).kind,
    why: first.kind === "stay" ? first.why : null,
    switchAfterMs,
    to: taken?.kind === "switch" ? taken.to : null,
    switchWithinMs: switchAfterMs === null ? null : switchAfterMs + seenWithinMs,
    seenWithinMs,
  };
};

/** How long the site that was left must be well before it is used again; null: never by itself. */
export const failbackAfterMs = (scene: Scene): number | null => {
  const { spec, policy } = scene;
  const home = chainOf(scene);
  const [other] = alternatives(spec.partner, home);
  if (other === undefined) return null;
  return firstMs(
    (wellForMs) =>
      decideSite({
        topology: spec.partner.topology,
        chosen: { home: home.home, site: other, seq: 1 },
        verdict: { kind: "well" },
        others: [{ site: home.home, knowledge: { ...well, wellForMs } }],
        freshMs: policy.region.freshMs,
        homeStableMs: policy.region.homeStableMs,
      }).kind === "switch",
  );
};

/** How far before its last good answer deliveries at a site that is left do not count. */
export const redeliveryMs = ({ spec, policy }: Scene): number =>
  -notSettledSince(0, spec.partner.topology.recoveryPointMs, policy.region.clockSkewMs);

export interface BreakerOutcome {
  /** Failures in a row that open it. */
  readonly failures: number;
  readonly firstRestMs: number;
  readonly longestRestMs: number;
}

/** What a breaker does under failures that do not end. */
export const breakerUnder = ({ policy }: Scene): BreakerOutcome => {
  const fail = (state: BreakerState): BreakerState => afterFailure(state, policy.region.partner.breaker, 0, "");
  let state = fail(closedBreaker);
  while (state.kind === "closed") state = fail(state);
  const { consecutiveFailures: failures, retryAt: firstRestMs } = state;
  for (let last = -1; state.retryAt > last; ) {
    last = state.retryAt;
    state = fail({ ...state, kind: "half-open" });
  }
  return { failures, firstRestMs, longestRestMs: state.retryAt };
};

/** The chain that is looked at: the one that reads, the primary's, or that of an active-active partner's first site. */
export const chainOf = (scene: Scene): ChosenSite => {
  const { spec } = scene;
  const { partner } = spec;
  const [first = ""] = homesOf(partner);
  const home = polls(spec) ? readHomeOf(partner, regionsOf(scene).struck) : first;
  return { home, site: home, seq: 0 };
};
