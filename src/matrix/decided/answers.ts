/** What is answered, and what an answer of theirs means: asked of the acceptor's rule and of the taxonomy. */
import { refusalOf } from "../../core/acceptor.ts";
import { backoffMs } from "../../core/breaker.ts";
import { type Resolution, resolutionOf } from "../../core/unknown.ts";
import { httpAnswers } from "../../define/policy.ts";
import type { CommonSpec } from "../../define/spec.ts";
import { type Attempt, type Judgement, judgeResponse } from "../../define/taxonomy.ts";
import type { Scene } from "../scene.ts";

/** What a giver is answered that is not served. */
export interface Refused {
  readonly reason: "starting" | "capacity" | "alone" | "full" | "failed";
  readonly status: number;
  readonly retryAfterS: number;
}

const asAnswer = (refusal: ReturnType<typeof refusalOf>): Refused | null =>
  refusal === null
    ? null
    : {
        reason: refusal.reason,
        status: httpAnswers.unavailable,
        retryAfterS: Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000)),
      };

/** What a region answers while no other is reached; null: it accepts. */
export const refusedAlone = (
  { spec, regions }: Scene,
  durability: CommonSpec["durability"] = spec.durability,
): Refused | null =>
  asAnswer(
    refusalOf(
      { ...spec, durability },
      { mayAccept: true, hasPeers: regions.length > 1, anyPeerReachable: false, pendingBytes: 0 },
    ),
  );

/** What a region answers at capacity; null: it accepts. */
export const refusedAtCapacity = ({ spec }: Scene): Refused | null =>
  asAnswer(
    refusalOf(spec, {
      mayAccept: true,
      hasPeers: true,
      anyPeerReachable: true,
      pendingBytes: spec.hold.capacityBytes,
    }),
  );

/** What the connector makes of an attempt that ended so. Code of the user's (`judge`) is not asked. */
export const judged = ({ spec }: Scene, attempt: Attempt): Judgement =>
  judgeResponse(attempt, {
    ...(spec.driver === "http" && spec.role === "send" && { responses: spec.options.responses }),
    wallMs: 0,
  });

export interface Again {
  /** Longest wait before the first repeat, and before later ones. */
  readonly firstMs: number;
  readonly capMs: number;
  /** null: without end. */
  readonly giveUpAfterMs: number | null;
}

/** When the same is sent again, at the latest. */
export const againAfter = ({ spec: { retry } }: Scene): Again => ({
  firstMs: backoffMs(retry, 1, () => 1),
  capMs: backoffMs(retry, 64, () => 1),
  giveUpAfterMs: retry.giveUpAfterMs,
});

export const unknownResolved = ({ spec }: Scene): Resolution => resolutionOf(spec.onUnknown);
