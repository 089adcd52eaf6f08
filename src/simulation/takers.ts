import type { Answer, Clock, Delivery, Done, Sending, Taker } from "../core/ports.ts";
import { type Attempt, type ErrorClass, judgeResponse } from "../define/taxonomy.ts";
import type { Ledgers, Write } from "./ledgers.ts";
import type { Network } from "./network.ts";
import type { Order, Partner } from "./partner.ts";
import type { Machine } from "./process.ts";
import type { World } from "./world.ts";

/** Around every taker of one region process. */
export interface TakerWorld {
  readonly world: World;
  readonly network: Network;
  readonly machine: Machine;
  readonly ledgers: Ledgers;
  /** Called in the tick of every write. */
  readonly written: () => void;
}

/** No connection in this time: given up, in milliseconds. */
const connectTimeoutMs = 2_000;

/** One request on its way, from connecting to its answer. */
class Request implements Sending {
  readonly #at: TakerWorld;
  readonly #delivery: Delivery;
  readonly #done: Done<Answer>;
  readonly #clock: Clock;
  readonly #timer: { cancel(): void };
  #write: Write | null = null;
  #ended = false;

  constructor(at: TakerWorld, delivery: Delivery, done: Done<Answer>) {
    this.#at = at;
    this.#delivery = delivery;
    this.#done = done;
    this.#clock = at.machine.clock();
    this.#timer = this.#clock.after(delivery.timeoutMs, () => this.#timedOut());
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The tick of the write: asks whether it may, and the bytes are gone. */
  writeTo(site: string | null): Write | null {
    if (this.#ended) return null;
    if (!this.#delivery.mayWrite()) {
      this.fail("aborted-before-write");
      return null;
    }
    const { connector, identity, duty } = this.#delivery;
    const { world, machine, ledgers } = this.#at;
    this.#write = {
      at: world.now,
      machine: machine.name,
      process: machine.generation,
      duty: duty.region,
      epoch: duty.epoch,
      connector,
      site,
      identity,
      takenAt: null,
      answer: null,
    };
    ledgers.writes.push(this.#write);
    this.#at.written();
    return this.#write;
  }

  abort(): void {
    this.fail(this.#write === null ? "aborted-before-write" : "aborted-after-write");
  }

  fail(error: ErrorClass): void {
    this.end({ kind: "error", error });
  }

  end(attempt: Attempt): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.cancel();
    const answer = judgeResponse(attempt, { wallMs: this.#clock.wallMs() });
    if (this.#write !== null) this.#write.answer = { at: this.#at.world.now, verdict: answer.verdict };
    this.#done(answer);
  }

  #timedOut(): void {
    this.fail(this.#write === null ? "timeout-before-write" : "timeout-after-write");
  }
}

/** Calls the partner's sites over the link. */
export class PartnerTaker implements Taker {
  readonly #at: TakerWorld;
  readonly #partner: Partner;
  readonly #orderOf: (delivery: Delivery) => Order;

  constructor(at: TakerWorld, partner: Partner, orderOf: (delivery: Delivery) => Order) {
    this.#at = at;
    this.#partner = partner;
    this.#orderOf = orderOf;
  }

  send(delivery: Delivery, done: Done<Answer>): Sending {
    const { world, network, machine } = this.#at;
    const site = delivery.site ?? "main";
    const process = machine.generation;
    const request = new Request(this.#at, delivery, done);
    if (!this.#partner.linked(machine, site)) {
      machine.clock().after(Math.min(connectTimeoutMs, delivery.timeoutMs), () => request.fail("timeout-before-write"));
      return request;
    }
    // Name, connection, handshake: three ways there and back before the first byte of the request.
    world.after(6 * network.latencyMs(machine.name, site), () =>
      machine.run(process, () => {
        const refusal = this.#partner.refusal(machine.name, site);
        if (!this.#partner.answers(site) || refusal === null) return request.fail("connection-refused");
        const write = request.writeTo(site);
        if (write === null) return;
        if (refusal === undefined) return this.#carry(write, site, this.#orderOf(delivery), request, process);
        const answer = { kind: "answer", response: { status: refusal, headers: {}, body: null } } as const;
        network.send(site, machine.name, () => machine.run(process, () => request.end(answer)));
      }),
    );
    return request;
  }

  #carry(write: Write, site: string, order: Order, request: Request, process: number): void {
    const { network, machine } = this.#at;
    const arrive = (): void => {
      const taken = this.#partner.take(site, order, (attempt) =>
        network.send(site, machine.name, () => machine.run(process, () => request.end(attempt))),
      );
      if (taken) write.takenAt ??= this.#at.world.now;
    };
    network.send(machine.name, site, arrive, order);
  }

  probe(_connector: string, site: string, done: Done<boolean>): void {
    this.#ask(
      site,
      () => this.#partner.isWell(site),
      (well) => done(well === true),
    );
  }

  lookup(delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    const site = delivery.site ?? "main";
    this.#ask(
      site,
      () => this.#partner.asks(site, this.#orderOf(delivery)),
      (has) => done(has === null ? "unknown" : has ? "found" : "not-found"),
    );
  }

  /** A request without effect; null where no answer came in time. */
  #ask<T>(site: string, answer: () => T, done: Done<T | null>): void {
    const { network, machine } = this.#at;
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
      if (!this.#partner.answers(site) || this.#partner.refusal(machine.name, site) === null) return;
      const value = answer();
      network.send(site, machine.name, () => machine.run(process, () => end(value)));
    });
  }
}

/** The region's own hub: beside the process, so no network lies between. */
export class HubTaker implements Taker {
  readonly #at: TakerWorld;
  readonly #fails: () => boolean;

  constructor(at: TakerWorld, fails: () => boolean) {
    this.#at = at;
    this.#fails = fails;
  }

  send(delivery: Delivery, done: Done<Answer>): Sending {
    const { world, machine } = this.#at;
    const process = machine.generation;
    const request = new Request(this.#at, delivery, done);
    world.after(1, () =>
      machine.run(process, () => {
        const write = request.writeTo(null);
        if (write === null) return;
        const fails = this.#fails();
        if (!fails) write.takenAt = world.now;
        world.after(3, () =>
          machine.run(process, () =>
            request.end({ kind: "answer", response: { status: fails ? 500 : 202, headers: {}, body: null } }),
          ),
        );
      }),
    );
    return request;
  }

  probe(_connector: string, _site: string, done: Done<boolean>): void {
    done(!this.#fails());
  }

  lookup(_delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    done("unknown");
  }
}
