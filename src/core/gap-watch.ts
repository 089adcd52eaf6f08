import type { EntryRecord } from "./records.ts";

/** Numbers of one series that are missing, both ends included. */
export interface Gap {
  readonly series: string;
  readonly from: number;
  readonly to: number;
  /** When it was seen first. Monotonic, ms. */
  readonly since: number;
  /** `listed`: the source was read to its end since, and did not have them. `passed`: what follows them was sent. */
  readonly state: "new" | "asked" | "listed" | "passed";
}

/** Series that are watched, and gaps that are kept, of one connector at most; the oldest are forgotten. */
const seriesKept = 1_024;
const gapsKept = 256;

/** Sees which numbers of a partner's numbering never came (matrix.md, receive). Knows what came since it was made. */
export class GapWatch {
  readonly #gapAfterMs: number;
  /** Highest number of each series; the one that grew last stands last. */
  readonly #highest = new Map<string, number>();
  /** Oldest first. */
  #gaps: readonly Gap[] = [];

  /** @param gapAfterMs numbers that overtake each other by less than this leave no gap */
  constructor(gapAfterMs: number) {
    this.#gapAfterMs = gapAfterMs;
  }

  saw(sequence: EntryRecord["sequence"], now: number): void {
    if (sequence === null || !Number.isSafeInteger(sequence.number)) return;
    const { of: series, number } = sequence;
    const highest = this.#highest.get(series);
    if (highest !== undefined && number <= highest) return this.#closed(series, number);
    this.#highest.delete(series);
    this.#highest.set(series, number);
    if (highest === undefined) return this.#forgetSeries();
    if (number === highest + 1) return;
    const gap: Gap = { series, from: highest + 1, to: number - 1, since: now, state: "new" };
    this.#gaps = [...this.#gaps, gap].slice(-gapsKept);
  }

  /** Numbers of ours that did not come in time, without which was gone on. */
  passed(series: string, from: number, to: number, now: number): void {
    const isKnown = this.#gaps.some((gap) => gap.series === series && gap.from <= to && from <= gap.to);
    if (isKnown) return;
    this.#gaps = [...this.#gaps, { series, from, to, since: now, state: "passed" as const }].slice(-gapsKept);
  }

  /** A number of ours came. */
  came({ of: series, number }: NonNullable<EntryRecord["sequence"]>): void {
    this.#closed(series, number);
  }

  /** When the first gap that nobody asked for is old enough. Monotonic, ms. */
  dueAt(): number {
    const first = this.#gaps.find(({ state }) => state === "new");
    return first === undefined ? Number.POSITIVE_INFINITY : first.since + this.#gapAfterMs;
  }

  /** The source is read from now on, to its end. */
  asked(): void {
    this.#enter("new", "asked");
  }

  /** The source was read to its end: what was asked for and did not come is not there. */
  concluded(): void {
    this.#enter("asked", "listed");
  }

  /** Oldest first. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  #enter(from: Gap["state"], to: Gap["state"]): void {
    if (this.#gaps.some(({ state }) => state === from)) {
      this.#gaps = this.#gaps.map((gap) => (gap.state === from ? { ...gap, state: to } : gap));
    }
  }

  #closed(series: string, number: number): void {
    const index = this.#gaps.findIndex((gap) => gap.series === series && gap.from <= number && number <= gap.to);
    const gap = this.#gaps[index];
    if (gap === undefined) return;
    const rest = [
      { ...gap, to: number - 1 },
      { ...gap, from: number + 1 },
    ].filter(({ from, to }) => from <= to);
    this.#gaps = this.#gaps.toSpliced(index, 1, ...rest).slice(-gapsKept);
  }

  #forgetSeries(): void {
    if (this.#highest.size <= seriesKept) return;
    for (const [oldest] of this.#highest) {
      this.#highest.delete(oldest);
      this.#gaps = this.#gaps.filter(({ series }) => series !== oldest);
      return;
    }
  }
}
