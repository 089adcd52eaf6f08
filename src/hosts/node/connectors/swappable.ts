import type { Done, Taker } from "../../../core/ports.ts";

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
