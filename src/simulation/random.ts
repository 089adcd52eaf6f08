/** Seeded random numbers: the same seed gives the same numbers on every machine. */
export interface Dice {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** An independent stream, named so that drawing from one never shifts another. */
  fork(name: string): Dice;
}

/** @param seed any integer; all bits of a safe integer count */
export const dice = (seed: number): Dice => fromState(mix(low32(seed) ^ mix(high32(seed) ^ 0x9e3779b9)));

const low32 = (seed: number): number => seed | 0;
const high32 = (seed: number): number => Math.floor(seed / 2 ** 32) | 0;

const mix = (value: number): number => {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
};

/** Mulberry32: one 32-bit word of state, which is plenty for one schedule. */
const fromState = (start: number): Dice => {
  let state = start | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(0, from.length - 1)] ?? from[0],
    fork: (name) => {
      let hash = start ^ 0x811c9dc5;
      for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
      return fromState(mix(hash));
    },
  };
};
