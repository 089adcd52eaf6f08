import type { Done, ReadAnswer, Source, Taker } from "../../../core/ports.ts";

/** The way out of a connector, whichever version of it is deployed. What is under way ends where it began. */
export class SwappableTaker implements Taker {
  #current: Taker;

  constructor(first: Taker) {
    this.#current = first;
  }

  swap(next: Taker): void {
    this.#current = next;
  }

  send(...[delivery, done]: Parameters<Taker["send"]>): ReturnType<Taker["send"]> {
    return this.#current.send(delivery, done);
  }

  probe(connector: string, site: string, done: Done<boolean>): void {
    this.#current.probe(connector, site, done);
  }

  lookup(...[delivery, done]: Parameters<Taker["lookup"]>): void {
    this.#current.lookup(delivery, done);
  }
}

/** Asks again when there may be somebody to read again. Milliseconds. */
const waitMs = 60_000;
const nothingMore: ReadAnswer = {
  verdict: "wait",
  against: "us",
  sent: false,
  waitMs,
  reason: "it takes nothing more",
  page: null,
};

/** The way in of a connector that reads, whichever version of it is deployed. */
export class SwappableSource implements Source {
  #current: Source;
  #reads = true;

  constructor(first: Source) {
    this.#current = first;
  }

  swap(next: Source): void {
    this.#current = next;
    this.#reads = true;
  }

  /** Reads nothing more until it is swapped; what other connectors and cursors need of it goes on. */
  stop(): void {
    this.#reads = false;
  }

  read(...[reading, done]: Parameters<Source["read"]>): ReturnType<Source["read"]> {
    if (this.#reads) return this.#current.read(reading, done);
    done(nothingMore);
    return { abort: () => undefined };
  }

  probe(connector: string, site: string, done: Done<boolean>): void {
    this.#current.probe(connector, site, done);
  }

  rewound(cursor: string, byMs: number): string | null {
    return this.#current.rewound(cursor, byMs);
  }
}
