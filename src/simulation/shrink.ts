import type { Invariant } from "./finding.ts";
import type { Gift, Schedule } from "./schedule-model.ts";

/** Runs tried at most: a story that is short enough soon is better than the shortest late. */
const triesAtMost = 300;

/**
 * Drops faults, gifts and roughness for as long as the same invariant stays broken.
 *
 * @param breaks runs a schedule and tells which invariants it breaks
 */
export const shrink = (
  schedule: Schedule,
  invariant: Invariant,
  breaks: (schedule: Schedule) => readonly Invariant[],
): Schedule => {
  let tries = 0;
  let smallest = schedule;
  const keep = (candidate: Schedule): boolean => {
    if (tries++ >= triesAtMost || !breaks(candidate).includes(invariant)) return false;
    smallest = candidate;
    return true;
  };
  for (const simpler of simplerShapes) keep(simpler(smallest));
  let before: number;
  do {
    before = sizeOf(smallest);
    dropOneByOne(
      () => smallest.faults,
      (faults) => keep({ ...smallest, faults }),
    );
    dropInBlocks(
      () => smallest.gifts,
      (gifts) => keep({ ...smallest, gifts }),
    );
    for (const gift of smallest.gifts) if (gift.again !== null) keep({ ...smallest, gifts: givenOnce(smallest, gift) });
  } while (sizeOf(smallest) < before && tries < triesAtMost);
  return smallest;
};

const sizeOf = ({ faults, gifts }: Schedule): number => faults.length + gifts.length;

const givenOnce = ({ gifts }: Schedule, gift: Gift): readonly Gift[] =>
  gifts.map((one) => (one === gift ? { ...one, again: null } : one));

const simplerShapes: readonly ((schedule: Schedule) => Schedule)[] = [
  (schedule) => ({
    ...schedule,
    shape: { ...schedule.shape, weather: { latencyMs: [5, 40], late: 0, lateMs: [0, 0], twice: 0, lost: 0 } },
  }),
  (schedule) => ({ ...schedule, shape: { ...schedule.shape, clocks: {} } }),
  (schedule) => ({ ...schedule, shape: { ...schedule.shape, slowReads: false, commitMs: [1, 8] } }),
  (schedule) => withOnly(schedule, 0),
  (schedule) => withOnly(schedule, 1),
];

const withOnly = (schedule: Schedule, index: number): Schedule => {
  const { connectors } = schedule.shape;
  const only = connectors[index];
  if (connectors.length < 2 || only === undefined) return schedule;
  const gifts = schedule.gifts.filter(({ connector }) => connector === only.name);
  return { ...schedule, shape: { ...schedule.shape, connectors: [only] }, gifts };
};

const dropOneByOne = <T>(items: () => readonly T[], keep: (items: readonly T[]) => boolean): void => {
  for (const item of [...items()]) keep(items().filter((other) => other !== item));
};

/** First halves, then quarters, and so on: most gifts have no part in the story. */
const dropInBlocks = <T>(items: () => readonly T[], keep: (items: readonly T[]) => boolean): void => {
  for (let size = Math.ceil(items().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let at = 0;
    while (at < items().length) {
      const start = at;
      if (!keep(items().filter((_, index) => index < start || index >= start + size))) at += size;
    }
  }
};
