import type { Done, Source, Taker } from "../../../core/ports.ts";

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

/** The way in of a connector that reads, whichever version of it is deployed. */
export class SwappableSource implements Source {
  #current: Source;

  constructor(first: Source) {
    this.#current = first;
  }

  swap(next: Source): void {
    this.#current = next;
  }

  read(...[reading, done]: Parameters<Source["read"]>): ReturnType<Source["read"]> {
    return this.#current.read(reading, done);
  }

  probe(connector: string, site: string, done: Done<boolean>): void {
    this.#current.probe(connector, site, done);
  }

  rewound(cursor: string, byMs: number): string | null {
    return this.#current.rewound(cursor, byMs);
  }
}
