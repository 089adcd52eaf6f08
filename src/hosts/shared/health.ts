import { randomUUID } from "node:crypto";
import type { AcceptAnswer, AcceptInput } from "../../core/acceptor.ts";
import type { Answer, Clock, Delivery, Done, Sending, Taker, Translator } from "../../core/ports.ts";
import { connectorDefaults, noFunctions } from "../../define/policy.ts";
import type { ReceiveSpec, SpecOf } from "../../define/spec.ts";

/** The connector of the gateway's own traces. No connector of a user's can have the name. */
export const healthConnector = "isthmus:health";

const minute = 60_000;
/** An answer serves whoever asks within this time. Milliseconds. */
const freshMs = 1_000;
/** How long a trace may take on its way, where nothing else is said. Milliseconds. */
const patienceMs = 2_000;

const topology = {
  mode: "primary-secondary",
  primary: "main",
  secondary: null,
  failoverAfterMs: null,
  failback: { kind: "manual" },
  recoveryPointMs: 0,
} as const;

export const healthSpec: SpecOf<"http", ReceiveSpec> = {
  ...connectorDefaults,
  name: healthConnector,
  role: "receive",
  reconcile: null,
  driver: "http",
  partner: {
    name: healthConnector,
    location: "same-cloud",
    sites: { main: { maintenance: [] } },
    topology,
    fixedSource: false,
  },
  options: { verify: [], id: null, tenant: null, challenge: null, limitBytes: 0, answer: { status: 202, body: "" } },
  eventTypes: [],
  dedupeWindowMs: minute,
  retention: { settledMs: minute, rawMs: minute },
  personal: [],
  onUnknown: { kind: "resend" },
  onFault: "continue",
  idempotency: { kind: "event-id" },
  requestTimeoutMs: patienceMs,
  has: noFunctions,
  secrets: [],
  settings: [],
};

/** Traces pass as they are. */
export const asItIs: Translator = {
  translate: (_connector, _entry, _site, done) => done({ kind: "output", output: [], key: null }),
  sameContent: (_connector, first, second, done) => done(first === second),
};

export interface HealthPorts {
  readonly clock: Clock;
  /** Accepts a trace, as a message of a partner's is accepted. */
  accept(input: AcceptInput, done: Done<AcceptAnswer>): void;
  /** Whether the region acts for its own journals now. */
  acts(): boolean;
  /** How long a trace may take on its way, in milliseconds. Default 2,000. */
  readonly patienceMs?: number;
}

export interface HealthAnswer {
  readonly well: boolean;
  readonly detail: string;
}

/** One check that all who ask meanwhile, and a moment later, share. */
class Shared {
  readonly #clock: Clock;
  readonly #check: () => Promise<HealthAnswer>;
  #latest: Promise<HealthAnswer> | null = null;
  #until = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, check: () => Promise<HealthAnswer>) {
    this.#clock = clock;
    this.#check = check;
  }

  ask(): Promise<HealthAnswer> {
    if (this.#latest === null || this.#clock.monotonicMs() >= this.#until) {
      this.#until = Number.POSITIVE_INFINITY;
      this.#latest = this.#check().finally(() => {
        this.#until = this.#clock.monotonicMs() + freshMs;
      });
    }
    return this.#latest;
  }
}

/**
 * Health by traces that go the way of an event: accept, journal, dispatch, and this taker, which is a loopback. No answer
 * depends on a partner, or a partner's outage would fail the region over.
 */
export class Health implements Taker {
  readonly #ports: HealthPorts;
  readonly #waiting = new Map<string, () => void>();
  readonly #accept: Shared;
  readonly #act: Shared;

  constructor(ports: HealthPorts) {
    this.#ports = ports;
    this.#accept = new Shared(ports.clock, () => this.#trace(false));
    this.#act = new Shared(ports.clock, () => this.#trace(true));
  }

  /** Whether the store takes entries. A secondary that holds no lease is well. */
  accept(): Promise<HealthAnswer> {
    return this.#accept.ask();
  }

  /** Whether what is accepted here is handed on here. */
  async act(): Promise<HealthAnswer> {
    if (!this.#ports.acts()) return { well: false, detail: "this region does not act" };
    return this.#act.ask();
  }

  send({ identity, mayWrite }: Delivery, done: Done<Answer>): Sending {
    const may = mayWrite();
    if (may) this.#waiting.get(identity)?.();
    const verdict = may ? "delivered" : "retry";
    done({ verdict, against: may ? "nobody" : "us", sent: may, waitMs: null, reason: "a trace of ours" });
    return { abort: () => undefined };
  }

  probe(_connector: string, _site: string, done: Done<boolean>): void {
    done(true);
  }

  lookup(_delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    done("unknown");
  }

  #trace(untilTaken: boolean): Promise<HealthAnswer> {
    const identity = `${healthConnector} ${randomUUID()}`;
    return new Promise((resolve) => {
      const end = (answer: HealthAnswer): void => {
        timer.cancel();
        this.#waiting.delete(identity);
        resolve(answer);
      };
      const { clock, patienceMs: longestMs = patienceMs } = this.#ports;
      const timer = clock.after(longestMs, () => end({ well: false, detail: "a trace did not get through" }));
      if (untilTaken) this.#waiting.set(identity, () => end({ well: true, detail: "a trace got through" }));
      this.#ports.accept({ identity, key: null, sequence: null, payload: "{}" }, (answer) => {
        if (answer.kind === "refused") end({ well: false, detail: answer.reason });
        else if (!untilTaken) end({ well: true, detail: "the store takes entries" });
      });
    });
  }
}
