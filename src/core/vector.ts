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

/** Of every journal the highest position that any of them names. */
export const joined = (...vectors: readonly Vector[]): Vector => {
  const all: Record<JournalName, number> = {};
  for (const vector of vectors) {
    for (const journal of journalsIn(vector)) {
      all[journal] = Math.max(positionOf(all, journal), positionOf(vector, journal));
    }
  }
  return all;
};

/** What is within each of them; nothing where there is none. */
export const common = (...vectors: readonly Vector[]): Vector => {
  const [first = {}, ...others] = vectors;
  const all: Record<JournalName, number> = {};
  for (const journal of journalsIn(first)) {
    const position = Math.min(...[first, ...others].map((vector) => positionOf(vector, journal)));
    if (position > 0) all[journal] = position;
  }
  return all;
};

export const without = (vector: Vector, journal: JournalName): Vector => {
  const { [journal]: _, ...rest } = vector;
  return rest;
};
