import type { HubEvent } from "../../define/spec.ts";
import type { Placed } from "./tail.ts";

export interface SubscriberPorts {
  readonly consumer: string;
  /** Where to begin. */
  readonly position: number;
  readonly types: ReadonlySet<string>;
  /** The next events above a position, of whatever type. */
  read(position: number): readonly Placed[];
  hand(events: readonly HubEvent[], upTo: number, next: () => void): void;
}

/** Hands the log to one consumer, a page at a time. */
export class Subscriber {
  readonly consumer: string;
  readonly #ports: SubscriberPorts;
  #position: number;
  #taken: number;
  #busy = false;
  #stopped = false;

  constructor(ports: SubscriberPorts) {
    this.#ports = ports;
    this.consumer = ports.consumer;
    this.#position = ports.position;
    this.#taken = ports.position;
  }

  /** Up to here the consumer has everything. */
  get taken(): number {
    return this.#taken;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** There may be something new. */
  wake(): void {
    // A loop, since a consumer may call `next` at once.
    while (!this.#busy && !this.#stopped) {
      const placed = this.#ports.read(this.#position);
      const last = placed.at(-1);
      if (last === undefined) return;
      this.#position = last.position;
      const wanted = placed.filter(({ event }) => this.#ports.types.has(event.type));
      this.#busy = true;
      let inside = true;
      const upTo = last.position;
      this.#ports.hand(
        wanted.map(({ event }) => event),
        upTo,
        () => {
          if (!this.#busy || this.#taken >= upTo) return;
          this.#busy = false;
          this.#taken = upTo;
          if (!inside) this.wake();
        },
      );
      inside = false;
    }
  }
}
