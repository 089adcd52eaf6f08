import type { Clock, Timer } from "../../core/ports.ts";
import type { Subscriber } from "./subscriber.ts";

interface Publication {
  readonly position: number;
  /** Monotonic, ms. */
  readonly since: number;
  readonly done: () => void;
}

/**
 * Publications that are durable here and not yet in the hands of every subscriber. This hub is away with its region, so
 * what a publisher is told is published must not lie in it alone. A subscriber that does not take (it is full, or cannot
 * replicate) is waited for once, and no more until it has caught up: it shall not slow down whoever publishes.
 */
export class Publications {
  readonly #clock: Clock;
  readonly #subscribers: ReadonlySet<Subscriber>;
  readonly #patienceMs: number;
  /** In the order of the log. */
  #open: Publication[] = [];
  readonly #slow = new Set<Subscriber>();
  #highest = 0;
  #timer: Timer | null = null;

  /** @param patienceMs how long one publication waits for its subscribers */
  constructor(clock: Clock, subscribers: ReadonlySet<Subscriber>, patienceMs: number) {
    this.#clock = clock;
    this.#subscribers = subscribers;
    this.#patienceMs = patienceMs;
  }

  /** Calls `done` once everything up to a position has been taken by all subscribers that are waited for. */
  whenTaken(position: number, done: () => void): void {
    this.#highest = Math.max(this.#highest, position);
    this.#open.push({ position, since: this.#clock.monotonicMs(), done });
    this.look();
  }

  /** Subscribers have taken something, came or went. */
  look(): void {
    for (const subscriber of this.#slow) {
      if (subscriber.taken >= this.#highest || !this.#subscribers.has(subscriber)) this.#slow.delete(subscriber);
    }
    const taken = Math.min(...[...this.#subscribers].map((each) => (this.#slow.has(each) ? Infinity : each.taken)));
    const stillOpen = this.#open.findIndex(({ position }) => position > taken);
    const finished = this.#open.splice(0, stillOpen < 0 ? this.#open.length : stillOpen);
    for (const { done } of finished) done();
    this.#watch();
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#timer?.cancel();
    for (const { done } of this.#open.splice(0)) done();
  }

  #watch(): void {
    const [oldest] = this.#open;
    if (oldest === undefined || this.#timer !== null) return;
    const left = oldest.since + this.#patienceMs - this.#clock.monotonicMs();
    this.#timer = this.#clock.after(Math.max(0, left), () => {
      this.#timer = null;
      this.#giveUp();
    });
  }

  #giveUp(): void {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#clock.monotonicMs() - oldest.since >= this.#patienceMs) {
      for (const each of this.#subscribers) if (each.taken < oldest.position) this.#slow.add(each);
      this.look();
    } else this.#watch();
  }
}
