/** Something to happen at a moment of true time. */
export interface Happening {
  readonly at: number;
  readonly order: number;
  /** Null once cancelled. */
  run: (() => void) | null;
}

/** No schedule comes near to this many happenings. */
const endlessAt = 1_000_000;

/**
 * True time and the queue of what happens in it. One thread, no promises: what is due runs in order of time, then in
 * the order in which it was asked for.
 */
export class World {
  /** True time in milliseconds since the world began. No process sees it; each has a clock of its own. */
  now = 0;
  /** How many happenings ran: what a schedule costs. */
  ran = 0;
  readonly #heap: Happening[] = [];
  #order = 0;

  after(delayMs: number, run: () => void): Happening {
    const happening: Happening = { at: this.now + Math.max(delayMs, 0), order: this.#order++, run };
    push(this.#heap, happening);
    return happening;
  }

  at(time: number, run: () => void): Happening {
    return this.after(time - this.now, run);
  }

  /**
   * Runs everything that is due up to and with `time`.
   *
   * @throws where so much happens that something must be going in circles
   */
  runUntil(time: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= time; first = this.#heap[0]) {
      pop(this.#heap);
      if (first.run === null) continue;
      this.now = first.at;
      if (++this.ran > endlessAt) throw new Error(`something goes in circles at ${this.now} ms`);
      first.run();
    }
    this.now = time;
  }
}

const before = (a: Happening, b: Happening): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

const push = (heap: Happening[], added: Happening): void => {
  let at = heap.length;
  heap.push(added);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !before(added, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = added;
};

const pop = (heap: Happening[]): void => {
  const last = heap.pop();
  const size = heap.length;
  if (last === undefined || size === 0) return;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    let child = heap[down];
    if (child === undefined) break;
    const right = heap[down + 1];
    if (right !== undefined && before(right, child)) {
      child = right;
      down++;
    }
    if (!before(child, last)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
};
