import type { Answer, Delivery, Done, Sending, Taker } from "../core/ports.ts";
import { judgeResponse } from "../define/taxonomy.ts";
import type { Ledgers, Write } from "./ledgers.ts";
import type { Order, Partner } from "./partner.ts";
import { ask, connect, Request, type RequestWorld } from "./requests.ts";

/** Around every taker of one region process. */
export interface TakerWorld extends RequestWorld {
  readonly ledgers: Ledgers;
  /** Called in the tick of every write. */
  readonly written: () => void;
}

/** A request that carries one event. */
class Carriage {
  readonly request: Request;
  /** Null until the bytes are gone. */
  write: Write | null = null;

  constructor(
    { world, machine, ledgers, written, ...rest }: TakerWorld,
    delivery: Delivery,
    site: string | null,
    done: Done<Answer>,
  ) {
    const clock = machine.clock();
    this.request = new Request(
      { world, machine, ...rest },
      {
        timeoutMs: delivery.timeoutMs,
        mayWrite: delivery.mayWrite,
        wrote: () => {
          const { connector, identity, duty } = delivery;
          const from = { machine: machine.name, process: machine.generation, duty: duty.region, epoch: duty.epoch };
          this.write = { at: world.now, ...from, connector, site, identity, takenAt: null, answer: null };
          ledgers.writes.push(this.write);
          written();
        },
        ended: (attempt) => {
          const answer = judgeResponse(attempt, { wallMs: clock.wallMs() });
          if (this.write !== null) this.write.answer = { at: world.now, verdict: answer.verdict };
          done(answer);
        },
      },
    );
  }

  taken(at: number): void {
    if (this.write !== null) this.write.takenAt ??= at;
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
    const site = delivery.site ?? "main";
    const carriage = new Carriage(this.#at, delivery, site, done);
    connect(this.#at, this.#partner, site, delivery.timeoutMs, carriage.request, () =>
      this.#carry(carriage, site, this.#orderOf(delivery)),
    );
    return carriage.request;
  }

  #carry(carriage: Carriage, site: string, order: Order): void {
    const { world, network, machine } = this.#at;
    const process = machine.generation;
    const arrive = (): void => {
      const taken = this.#partner.take(site, order, (attempt) =>
        network.send(site, machine.name, () => machine.run(process, () => carriage.request.end(attempt, null))),
      );
      if (taken) carriage.taken(world.now);
    };
    network.send(machine.name, site, arrive, order);
  }

  probe(_connector: string, site: string, done: Done<boolean>): void {
    ask(
      this.#at,
      this.#partner,
      site,
      () => this.#partner.isWell(site),
      (well) => done(well === true),
    );
  }

  lookup(delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    const site = delivery.site ?? "main";
    ask(
      this.#at,
      this.#partner,
      site,
      () => this.#partner.asks(site, this.#orderOf(delivery)),
      (has) => done(has === null ? "unknown" : has ? "found" : "not-found"),
    );
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
    const carriage = new Carriage(this.#at, delivery, null, done);
    const { request } = carriage;
    world.after(1, () =>
      machine.run(process, () => {
        if (!request.write()) return;
        const fails = this.#fails();
        if (!fails) carriage.taken(world.now);
        const answer = { kind: "answer", response: { status: fails ? 500 : 202, headers: {}, body: null } } as const;
        world.after(3, () => machine.run(process, () => request.end(answer, null)));
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
