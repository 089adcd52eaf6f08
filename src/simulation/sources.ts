import type { AcceptInput, Done, ReadAnswer, Reading, Sending, Source } from "../core/ports.ts";
import { type Attempt, judgeResponse } from "../define/taxonomy.ts";
import { payloadOf, sequenceOf } from "./content.ts";
import type { Read } from "./ledgers.ts";
import { type Partner, response } from "./partner.ts";
import { ask, connect, Request, type RequestWorld } from "./requests.ts";
import type { PollShape } from "./schedule-model.ts";
import type { SourceBook } from "./source-book.ts";
import type { Item, Page } from "./source-log.ts";

export interface ReaderWorld extends RequestWorld {
  /** Called in the tick of every write. */
  readonly reads: (read: Read) => void;
}

/** Reads the partner's sites over the link. */
export class PartnerSource implements Source {
  readonly #at: ReaderWorld;
  readonly #partner: Partner;
  readonly #book: SourceBook;
  readonly #poll: PollShape;

  constructor(at: ReaderWorld, partner: Partner, book: SourceBook, poll: PollShape) {
    this.#at = at;
    this.#partner = partner;
    this.#book = book;
    this.#poll = poll;
  }

  read(reading: Reading, done: Done<ReadAnswer>): Sending {
    const { world, machine, reads } = this.#at;
    const clock = machine.clock();
    const request = new Request<Page>(this.#at, {
      timeoutMs: reading.timeoutMs,
      mayWrite: reading.mayWrite,
      wrote: () => {
        const { connector, duty } = reading;
        reads({ at: world.now, machine: machine.name, duty: duty.region, epoch: duty.epoch, connector });
      },
      ended: (attempt, page) => {
        if (page !== null) this.#book.handed(page, machine.name);
        done({ ...judgeResponse(attempt, { wallMs: clock.wallMs() }), page: page === null ? null : sourcePage(page) });
      },
    });
    connect(this.#at, this.#partner, reading.site, reading.timeoutMs, request, () => this.#carry(reading, request));
    return request;
  }

  #carry({ site, cursor }: Reading, request: Request<Page>): void {
    const { network, machine } = this.#at;
    const process = machine.generation;
    const answer = (attempt: Attempt, page: Page | null): void => {
      const large = page?.items.some(({ given }) => given.gift.large) ?? false;
      network.send(site, machine.name, () => machine.run(process, () => request.end(attempt, page)), { large });
    };
    network.send(machine.name, site, () => {
      let page: Page | null = null;
      const act = (): Attempt => {
        page = this.#book.read(site, cursor);
        return response(200);
      };
      this.#partner.serve(site, act, (attempt) => answer(attempt, page));
    });
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

  rewound(cursor: string, byMs: number): string | null {
    return this.#poll.cursor === "time" ? String(Number(cursor) - byMs) : null;
  }
}

const sourcePage = ({ items, cursor, more }: Page) => ({ inputs: items.map(inputOf), cursor, more });

const inputOf = ({ given: { gift, identity } }: Item): AcceptInput => ({
  identity,
  key: null,
  sequence: sequenceOf(gift),
  payload: payloadOf(gift, 0),
});
