import type { Clock, Observation, Observer, Source, Taker } from "../../../core/ports.ts";

/** Notices when something last happened: what was observed, sent, read and answered. */
export class Movement implements Observer {
  readonly #clock: Clock;
  readonly #observer: Observer;
  #movedAt: number;

  constructor(clock: Clock, observer: Observer) {
    this.#clock = clock;
    this.#observer = observer;
    this.#movedAt = clock.monotonicMs();
  }

  moved(): void {
    this.#movedAt = this.#clock.monotonicMs();
  }

  /** For how long nothing happened, in milliseconds. */
  stillMs(): number {
    return this.#clock.monotonicMs() - this.#movedAt;
  }

  observe(event: Observation): void {
    this.moved();
    this.#observer.observe(event);
  }

  taker(taker: Taker): Taker {
    return {
      send: (delivery, done) => taker.send(delivery, this.#noted(done)),
      probe: (connector, site, done) => taker.probe(connector, site, this.#noted(done)),
      lookup: (delivery, done) => taker.lookup(delivery, this.#noted(done)),
    };
  }

  source(source: Source): Source {
    return {
      read: (reading, done) => source.read(reading, this.#noted(done)),
      probe: (connector, site, done) => source.probe(connector, site, this.#noted(done)),
      rewound: (cursor, byMs) => source.rewound(cursor, byMs),
    };
  }

  #noted<T>(done: (result: T) => void): (result: T) => void {
    this.moved();
    return (result) => {
      this.moved();
      done(result);
    };
  }
}
