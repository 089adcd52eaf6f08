/** The way out of an ingress connector: what a translation made is published to the hub, as one unit. */
import type { Answer, Clock, Delivery, Done, Sending, Taker } from "../../core/ports.ts";
import type { HubEvent } from "../../define/spec.ts";

export type PublishResult =
  /** All of them are durable. */
  | { readonly kind: "published" }
  /** None of them is, or it cannot be said. Published again they are the same events. */
  | { readonly kind: "failed"; readonly reason: string };

/** What the driver needs of a hub. */
export interface HubPublisher {
  /** @param mayWrite asked before each call that the hub makes; false: nothing more is sent */
  publish(events: readonly HubEvent[], done: Done<PublishResult>, mayWrite: () => boolean): void;
}

const notSent = (verdict: "retry" | "fault", reason: string): Answer => ({
  verdict,
  against: verdict === "fault" ? "event" : "us",
  sent: false,
  waitMs: null,
  reason,
});
const sent = (verdict: "delivered" | "retry" | "unknown", reason: string): Answer => ({
  verdict,
  against: verdict === "delivered" ? "nobody" : "us",
  sent: true,
  waitMs: null,
  reason,
});
const nothingOpen: Sending = { abort: () => undefined };

/** `Delivery.output` is the list of the message's events, complete with id, source and time. */
export class HubTaker implements Taker {
  readonly #hub: HubPublisher;
  readonly #clock: Clock;

  constructor(hub: HubPublisher, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  send({ output, timeoutMs, mayWrite }: Delivery, done: Done<Answer>): Sending {
    const events = eventsOf(output);
    if (events === null || !mayWrite()) {
      const wrong = "the translation did not give a list of events";
      done(events === null ? notSent("fault", wrong) : notSent("retry", "our lease ended before publishing"));
      return nothingOpen;
    }
    return this.#publish(events, timeoutMs, mayWrite, done);
  }

  #publish(events: readonly HubEvent[], timeoutMs: number, mayWrite: () => boolean, done: Done<Answer>): Sending {
    let ended = false;
    const end = (answer: Answer): void => {
      if (ended) return;
      ended = true;
      timer.cancel();
      done(answer);
    };
    const timer = this.#clock.after(timeoutMs, () => end(sent("retry", "the hub did not answer in time")));
    this.#hub.publish(
      events,
      (result) => end(result.kind === "published" ? sent("delivered", "published") : sent("retry", result.reason)),
      () => !ended && mayWrite(),
    );
    return { abort: () => end(sent("unknown", "our lease ended before the hub answered")) };
  }

  /** The hub is ours: it is there as long as we are. */
  probe(_connector: string, _site: string, done: Done<boolean>): void {
    done(true);
  }

  /** Not asked: what is published again under its identity is the same event. */
  lookup(_delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    done("unknown");
  }
}

const eventsOf = (output: unknown): readonly HubEvent[] | null => (Array.isArray(output) ? output : null);
