/** What a reader is served at another region than before: asked of what chooses a page. */
import { refused } from "../../core/feed-desk.ts";
import { type FeedPage, feedPage } from "../../core/feed-page.ts";
import type { Offer, OfferPage } from "../../core/ports.ts";
import type { Vector } from "../../core/records.ts";
import { positionOf } from "../../core/vector.ts";
import { httpAnswers } from "../../define/policy.ts";
import type { FeedSpec } from "../../define/spec.ts";
import type { Scene } from "../scene.ts";
import type { Refused } from "./answers.ts";

export interface ServedElsewhere {
  /** What the region that is left accepted itself is served at once. */
  readonly ownAtOnce: boolean;
  /** What was read of the struck region's journal, beyond what the other one has of it, is not read again. */
  readonly nothingTwice: boolean;
  /** An event that came after one that the region does not have waits for that one. */
  readonly waitsForEarlier: boolean;
}

/** The reader has read up to here; the region that is left has less of the struck one's journal. */
const presented: Vector = { "struck.1": 5, "left.1": 2 };
const known: Vector = { "struck.1": 4, "left.1": 3 };

export const servedElsewhere = ({ spec }: Scene, ordering: FeedSpec["ordering"] = spec.ordering): ServedElsewhere => {
  const page = (after: Vector): FeedPage =>
    feedPage(presented, offering(after), {
      limit: 10,
      ordered: ordering !== "none",
      latest: ordering === "latest",
      releasable: () => true,
    });
  const own = page({});
  return {
    ownAtOnce: own.taken.length === 1,
    nothingTwice: positionOf(own.reached, "struck.1") === positionOf(presented, "struck.1"),
    waitsForEarlier: page({ "struck.1": 6 }).taken.length === 0,
  };
};

/** One event of the region that is left. @param after what that region had of the struck one's journal before it */
const offering = (after: Vector): OfferPage => {
  const at = { journal: "left.1", position: 3 } as const;
  const offer: Offer = {
    kind: "entry",
    identity: "one",
    key: "key",
    sequence: null,
    payload: "",
    acceptedAt: 0,
    after,
    ...at,
    round: 0,
    at,
    outcome: null,
    within: false,
  };
  return { offers: [offer], upTo: known, more: false };
};

/** What a reader is answered that cannot be served now; null: it is served. */
export const refusedReading = (): Refused | null =>
  refused.kind !== "refused"
    ? null
    : { reason: "starting", status: httpAnswers.unavailable, retryAfterS: Math.ceil(refused.retryAfterMs / 1_000) };
