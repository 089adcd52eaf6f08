import type { Clock, Sending } from "../core/ports.ts";
import type { Attempt, ErrorClass } from "../define/taxonomy.ts";
import type { Network } from "./network.ts";
import type { Partner } from "./partner.ts";
import type { Machine } from "./process.ts";
import type { World } from "./world.ts";

/** What a request needs of the world. */
export interface RequestWorld {
  readonly world: World;
  readonly network: Network;
  readonly machine: Machine;
}

export interface RequestTerms<T> {
  readonly timeoutMs: number;
  readonly mayWrite: () => boolean;
  /** The bytes are gone. */
  readonly wrote: () => void;
  /** How it ended. `value`: what the answer brought; null without an answer. */
  readonly ended: (attempt: Attempt, value: T | null) => void;
}

/** One request on its way, from connecting to its answer. */
export class Request<T = null> implements Sending {
  readonly #terms: RequestTerms<T>;
  readonly #clock: Clock;
  readonly #timer: { cancel(): void };
  #written = false;
  #ended = false;

  constructor({ machine }: RequestWorld, terms: RequestTerms<T>) {
    this.#terms = terms;
    this.#clock = machine.clock();
    this.#timer = this.#clock.after(terms.timeoutMs, () => this.#after("timeout"));
  }

  /** The tick of the write: asks whether it may, and the bytes are gone. @returns whether they are */
  write(): boolean {
    if (this.#ended) return false;
    if (!this.#terms.mayWrite()) {
      this.fail("aborted-before-write");
      return false;
    }
    this.#written = true;
    this.#terms.wrote();
    return true;
  }

  abort(): void {
    this.#after("aborted");
  }

  fail(error: ErrorClass): void {
    this.end({ kind: "error", error }, null);
  }

  end(attempt: Attempt, value: T | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.cancel();
    this.#terms.ended(attempt, value);
  }

  #after(what: "timeout" | "aborted"): void {
    this.fail(this.#written ? `${what}-after-write` : `${what}-before-write`);
  }
}

/** No connection in this time: given up, in milliseconds. */
export const connectTimeoutMs = 2_000;

/**
 * Brings a request to a site of the partner: name, connection, handshake, then the write.
 *
 * @param carry called where the site takes requests of this machine and the bytes are gone
 */
export const connect = <T>(
  { world, network, machine }: RequestWorld,
  partner: Partner,
  site: string,
  timeoutMs: number,
  request: Request<T>,
  carry: () => void,
): void => {
  const process = machine.generation;
  if (!partner.linked(machine, site)) {
    machine.clock().after(Math.min(connectTimeoutMs, timeoutMs), () => request.fail("timeout-before-write"));
    return;
  }
  // Three ways there and back before the first byte of the request.
  world.after(6 * network.latencyMs(machine.name, site), () =>
    machine.run(process, () => {
      const refusal = partner.refusal(machine.name, site);
      if (!partner.answers(site) || refusal === null) return request.fail("connection-refused");
      if (!request.write()) return;
      if (refusal === undefined) return carry();
      const answer = { kind: "answer", response: { status: refusal, headers: {}, body: null } } as const;
      network.send(site, machine.name, () => machine.run(process, () => request.end(answer, null)));
    }),
  );
};

/** A request without effect; null where no answer came in time. */
export const ask = <T>(
  { network, machine }: RequestWorld,
  partner: Partner,
  site: string,
  answer: () => T,
  done: (value: T | null) => void,
): void => {
  const process = machine.generation;
  let ended = false;
  const end = (value: T | null): void => {
    if (ended) return;
    ended = true;
    timer.cancel();
    done(value);
  };
  const timer = machine.clock().after(connectTimeoutMs, () => end(null));
  network.send(machine.name, site, () => {
    if (!partner.answers(site) || partner.refusal(machine.name, site) === null) return;
    const value = answer();
    network.send(site, machine.name, () => machine.run(process, () => end(value)));
  });
};
