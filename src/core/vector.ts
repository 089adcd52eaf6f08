import { type JournalName, journalParts, type Vector } from "./records.ts";

export const positionOf = (vector: Vector, journal: JournalName): number => vector[journal] ?? 0;

export const journalsIn = (vector: Vector): JournalName[] => Object.keys(vector) as JournalName[];

/** Whether everything named by `needed` is within `held`. */
export const covers = (held: Vector, needed: Vector): boolean =>
  journalsIn(needed).every((journal) => positionOf(held, journal) >= positionOf(needed, journal));

/** Number of records that `held` lacks of `needed`. */
export const missing = (held: Vector, needed: Vector): number =>
  journalsIn(needed).reduce(
    (sum, journal) => sum + Math.max(0, positionOf(needed, journal) - positionOf(held, journal)),
    0,
  );

/** Journals of one region, oldest incarnation first. */
export const journalsOf = (region: string, vector: Vector): JournalName[] =>
  journalsIn(vector)
    .filter((journal) => journalParts(journal).region === region)
    .sort((a, b) => journalParts(a).incarnation - journalParts(b).incarnation);

export const without = (vector: Vector, journal: JournalName): Vector => {
  const { [journal]: _, ...rest } = vector;
  return rest;
};
