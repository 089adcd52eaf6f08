/** Arrivals that are remembered at most. */
const kept = 4_096;

/** When entries became known to this process. Monotonic, ms. */
export class Arrivals {
  /** The one that came last stands last. */
  readonly #at = new Map<string, number>();
  /** What is not remembered was known by then. */
  #others: number;

  /** @param now what is there already counts from now on */
  constructor(now: number) {
    this.#others = now;
  }

  note(identity: string, now: number): void {
    if (this.#at.has(identity)) return;
    this.#at.set(identity, now);
    if (this.#at.size <= kept) return;
    for (const [oldest, at] of this.#at) {
      this.#at.delete(oldest);
      this.#others = at;
      return;
    }
  }

  /** Not before it became known. */
  of(identity: string): number {
    return this.#at.get(identity) ?? this.#others;
  }
}
