import type { Place } from "./journal-port.ts";
import type { Outcome, Vector } from "./records.ts";
import { positionOf } from "./vector.ts";

/** Where the records of one identity stand, as far as they are known. */
export interface Places {
  readonly entries: readonly Place[];
  readonly resubmissions: readonly (Place & { readonly round: number })[];
}

/** Where the readers of a feed come by an identity: at its last resubmission, else where its entries stand. */
export const offeredAt = ({ entries, resubmissions }: Places): readonly Place[] => {
  if (resubmissions.length === 0) return entries;
  const last = Math.max(...resubmissions.map(({ round }) => round));
  return resubmissions.filter(({ round }) => round === last);
};

export const isWithin = ({ journal, position }: Place, vector: Vector): boolean =>
  position <= positionOf(vector, journal);

/** Whether readers get an entry that ended so. What is delivered was read by all, and is there to be read again. */
export const isServed = (outcome: Outcome | null): boolean => outcome === null || outcome === "delivered";
