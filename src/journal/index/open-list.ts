import { isOpen, type Placed } from "./known.ts";

/** Below so many closed entries a list is not worth tidying. */
const fewClosed = 32;

/**
 * Open entries of one journal in order of position. What was closed stays until it is most of the list, so that closing
 * and finding the first cost nothing that grows with what is open.
 */
export class OpenList {
  #entries: Placed[] = [];
  readonly #held = new Set<Placed>();
  #closed = 0;
  /** Before it everything is closed. */
  #head = 0;

  get size(): number {
    return this.#entries.length - this.#closed;
  }

  open(entry: Placed): void {
    const last = this.#entries[this.#entries.length - 1];
    if (this.#held.has(entry)) {
      this.#closed -= 1;
      this.#head = 0;
    } else if (last === undefined || last.position < entry.position) {
      this.#entries.push(entry);
    } else {
      this.#entries.splice(this.#firstAbove(entry.position), 0, entry);
      this.#head = 0;
    }
    this.#held.add(entry);
  }

  /** After its state was changed, or it was forgotten. */
  close(entry: Placed): void {
    if (!this.#held.has(entry)) return;
    this.#closed += 1;
    if (this.#closed > Math.max(fewClosed, this.#entries.length / 2)) this.#tidy();
  }

  *above(position: number): Iterable<Placed> {
    this.#skipClosed();
    for (let at = Math.max(this.#head, this.#firstAbove(position)); at < this.#entries.length; at += 1) {
      const entry = this.#entries[at];
      if (entry !== undefined && isOpen(entry)) yield entry;
    }
  }

  first(): Placed | null {
    this.#skipClosed();
    return this.#entries[this.#head] ?? null;
  }

  #skipClosed(): void {
    for (; this.#head < this.#entries.length; this.#head += 1) {
      const entry = this.#entries[this.#head];
      if (entry === undefined || isOpen(entry)) return;
    }
  }

  #tidy(): void {
    this.#entries = this.#entries.filter(isOpen);
    this.#held.clear();
    for (const entry of this.#entries) this.#held.add(entry);
    this.#closed = 0;
    this.#head = 0;
  }

  #firstAbove(position: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.position ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
