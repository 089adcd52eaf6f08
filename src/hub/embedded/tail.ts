import type { HubEvent } from "../../define/spec.ts";

export interface Placed {
  readonly position: number;
  readonly event: HubEvent;
}

/** The latest events, in memory, so that who keeps up never reads the disk. */
export class Tail {
  readonly #capacity: number;
  #events: Placed[] = [];
  /** Events above this position are here. */
  #above: number;

  /** @param capacity events kept */
  constructor(capacity: number, position: number) {
    this.#capacity = capacity;
    this.#above = position;
  }

  add(placed: Placed): void {
    this.#events.push(placed);
    if (this.#events.length < 2 * this.#capacity) return;
    this.#events = this.#events.slice(this.#capacity);
    this.#above = (this.#events[0]?.position ?? placed.position + 1) - 1;
  }

  /** At most `limit` events above the position; null where some of them are on the disk alone. */
  after(position: number, limit: number): readonly Placed[] | null {
    if (position < this.#above) return null;
    const start = position - this.#above;
    return this.#events.slice(start, start + limit);
  }
}
