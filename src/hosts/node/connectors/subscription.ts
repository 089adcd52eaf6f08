import type { AcceptAnswer, AcceptInput } from "../../../core/acceptor.ts";
import type { Clock, Done, Timer } from "../../../core/ports.ts";
import type { FeedSpec, SendSpec } from "../../../define/spec.ts";
import type { Hub, HubPage, Subscription } from "../../../hub/port.ts";
import { cameFrom, inputOf, type Ordering } from "../../shared/hub-inputs.ts";

export interface SubscriptionPorts {
  readonly hub: Hub;
  readonly clock: Clock;
  /** Name of the region's hub among the cursors of a journal: each region has a hub of its own. */
  readonly source: string;
  acceptBatch(
    connector: string,
    inputs: readonly AcceptInput[],
    cursor: { readonly source: string; readonly value: string },
    done: Done<AcceptAnswer>,
  ): void;
  observe(connector: string, answer: AcceptAnswer, count: number): void;
}

/** The hub is ours: asking again costs little. Milliseconds. */
const longestPauseMs = 1_000;

/** Brings the hub's events into the journal of an egress connector; stops reading while the journal takes nothing. */
export class HubSubscription {
  readonly #ports: SubscriptionPorts;
  readonly #spec: SendSpec | FeedSpec;
  readonly #ordering: Ordering;
  readonly #subscription: Subscription;
  #retry: Timer | null = null;
  #stopped = false;

  /** @param after the hub's cursor to go on from */
  constructor(ports: SubscriptionPorts, spec: SendSpec | FeedSpec, ordering: Ordering, after: string) {
    this.#ports = ports;
    this.#spec = spec;
    this.#ordering = ordering;
    const subscribing = { consumer: spec.name, types: spec.eventTypes, after };
    this.#subscription = ports.hub.subscribe(subscribing, (page, next) => this.#take(page, next));
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.cancel();
    this.#subscription.stop();
  }

  #take(page: HubPage, next: () => void): void {
    if (this.#stopped) return;
    const inputs = page.events
      .filter((event) => !cameFrom(event, this.#spec.partner.name))
      .map((event) => inputOf(event, this.#ordering));
    const cursor = { source: this.#ports.source, value: page.cursor };
    this.#ports.acceptBatch(this.#spec.name, inputs, cursor, (answer) => {
      if (this.#stopped) return;
      if (inputs.length > 0) this.#ports.observe(this.#spec.name, answer, inputs.length);
      if (answer.kind !== "refused") return next();
      const afterMs = Math.min(answer.retryAfterMs, longestPauseMs);
      this.#retry = this.#ports.clock.after(afterMs, () => this.#take(page, next));
    });
  }
}
