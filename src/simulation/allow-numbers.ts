import type { Row } from "./allowances.ts";
import {
  disksLost,
  firstAcknowledgedAt,
  hasSiteTrouble,
  isLate,
  replicationLagMs,
  wasCalm,
  wasLong,
  wasReplicated,
} from "./circumstances.ts";
import type { Given, Write } from "./ledgers.ts";
import type { Gift, Schedule } from "./schedule-model.ts";
import { gapAfterMs } from "./specs.ts";

/** One number of a series. */
export interface Step {
  readonly given: Given;
  readonly writes: readonly Write[];
}

export interface NumberFinding {
  readonly earlier: Step;
  readonly later: Step;
  /** What has higher numbers than the earlier one, up to and with the later one. */
  readonly between: readonly Step[];
  readonly decidedAt: readonly number[];
}

/** By how much a process may take a span for longer than it is: its clock runs too fast, and another one's wall clock differs. */
const slackMs = 1_500;

export const isUnordered = ({ number, key }: Gift, { shape }: Schedule): boolean =>
  shape.hub === "unordered" && number !== null && key !== null;

export const numberRows: readonly Row<NumberFinding>[] = [
  {
    name: "late",
    promise: "a missing number holds its key for `gapAfter`, then is listed and passed",
    explains: ({ earlier, later, between }, schedule) => {
      const wentAt = firstWriteAt(later);
      return between.some((step) => {
        const { fate } = step.given.gift;
        // What is settled without a byte may have passed the gap unseen.
        const at = fate === "taken" ? firstWriteAt(step) : wentAt;
        if (at === null || wentAt === null || at > wentAt) return false;
        const isWaited = at >= firstTryAt(step.given) + gapAfterMs - slackMs;
        return isWaited && !wasKnown(earlier.given, at, actorOf(step) ?? actorOf(later), schedule);
      });
    },
  },
  {
    name: "still on its way",
    promise: "a request that was given up may arrive all the same",
    explains: ({ earlier }) => earlier.writes.some(wasLong),
  },
  {
    name: "disk lost",
    promise: "what a lost region knew alone is missing, and comes when it is given again",
    explains: (_finding, schedule) => schedule.shape.regions.some((region) => disksLost(schedule, region).length > 0),
  },
  {
    name: "a person",
    promise: "what a person sends again comes when they decide",
    explains: ({ decidedAt }) => decidedAt.length > 0,
  },
  {
    name: "sites of an active-active partner",
    promise: "no order is promised between the sites of an active-active partner",
    explains: (_finding, schedule) => schedule.shape.partner.mode === "active-active" && hasSiteTrouble(schedule),
  },
];

const firstWriteAt = ({ writes }: Step): number | null =>
  writes.length === 0 ? null : Math.min(...writes.map(({ at }) => at));

const firstTryAt = ({ tries }: Given): number => Math.min(...tries.map(({ at }) => at));

const actorOf = ({ writes }: Step): string | null => writes[0]?.machine ?? null;

/** Whether who acts must have known at this time that an event was accepted. */
const wasKnown = (given: Given, at: number, actor: string | null, schedule: Schedule): boolean => {
  const acknowledgedAt = firstAcknowledgedAt(given);
  if (actor === null || acknowledgedAt === null) return false;
  const by = given.tries.find(({ answer }) => answer?.at === acknowledgedAt)?.region ?? "";
  if (by !== actor) return wasReplicated(by, actor, acknowledgedAt, at, schedule);
  const lagMs = isLate(schedule) ? 10 * replicationLagMs : replicationLagMs;
  return at - acknowledgedAt >= lagMs && wasCalm(schedule, acknowledgedAt, at);
};
