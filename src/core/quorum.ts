/**
 * The voters that decide: one set, and while the set of regions changes two, each of which must agree by majority. Between
 * two deployments of one environment the generation goes up by one: 1 (old set), 2 (old and new), 3 (new set).
 */
export interface VoterSets {
  readonly generation: number;
  readonly sets: readonly (readonly string[])[];
}

const majorityOf = (set: readonly string[]): number => Math.floor(set.length / 2) + 1;

/** Every voter that is asked, once. */
export const votersIn = ({ sets }: VoterSets): readonly string[] => [...new Set(sets.flat())];

/** Whether a majority of every set is among these. */
export const agreed = ({ sets }: VoterSets, voters: ReadonlySet<string>): boolean =>
  sets.every((set) => set.filter((name) => voters.has(name)).length >= majorityOf(set));

/** The value that a majority of every set reaches at least: it lasts as long as its weakest member. */
export const majorityValue = ({ sets }: VoterSets, reached: (voter: string) => number): number =>
  Math.min(
    ...sets.map((set) => {
      const values = set.map(reached).sort((a, b) => b - a);
      return values[majorityOf(set) - 1] ?? Number.NEGATIVE_INFINITY;
    }),
  );
