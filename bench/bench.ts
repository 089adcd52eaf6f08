/** One number of a bench. */
export interface Measure {
  readonly what: string;
  /** Events a second. */
  readonly rate?: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Anything else. */
  readonly value?: number;
  readonly unit?: string;
  /** How it compares, and what design and issue ask for. */
  readonly ratio?: number;
  readonly target?: string;
  readonly met?: boolean;
}

export interface BenchSettings {
  /** Sizes and durations of the stated targets; without it a shorter run of the same. */
  readonly full: boolean;
  /** Writes what pages of the documentation are made from. */
  readonly keep: boolean;
  /** Tells a person what is going on. */
  say(text: string): void;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  run(settings: BenchSettings): Promise<readonly Measure[]>;
  /** The numbers that others compare with, as an object of a line of its own. Default: none. */
  summary?(measures: readonly Measure[]): object;
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

export const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

export interface Loaded {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Of all threads of this process, in microseconds for each. */
  readonly cpuUs: number;
}

/** Runs `one` `count` times, `concurrency` at once, each next when one is done. */
export const closedLoop = async (
  count: number,
  concurrency: number,
  one: (index: number, done: () => void) => void,
): Promise<Loaded> => {
  const took: number[] = [];
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await new Promise<void>((finished) => {
    let next = 0;
    const start = (): void => {
      if (next >= count) return;
      const startedAt = performance.now();
      next += 1;
      one(next - 1, () => {
        took.push(performance.now() - startedAt);
        if (took.length === count) finished();
        else start();
      });
    };
    for (let at = 0; at < concurrency; at += 1) start();
  });
  const ms = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  return {
    rate: (count / ms) * 1_000,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    cpuUs: (user + system) / count,
  };
};
