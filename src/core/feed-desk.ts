import type { FeedSpec } from "../define/spec.ts";
import { FeedAcknowledgements } from "./feed-acknowledgements.ts";
import { FeedMaker, type FeedMakerPorts } from "./feed-maker.ts";
import { feedPage, type PageRules } from "./feed-page.ts";
import type { Done, FeedAnswer, FeedReading, Journal, OpenEntry, Sending, Timer } from "./ports.ts";
import type { Vector } from "./records.ts";
import { joined, journalsIn, missing, positionOf } from "./vector.ts";

export interface FeedPolicy {
  /** Events in one page. */
  readonly limit: number;
  /** How long a reader is let wait for the first event. */
  readonly waitMs: number;
  /** Requests under way at once, of one reader and in all. */
  readonly perReader: number;
  readonly inAll: number;
  /** News are gathered this long before waiting readers are served. */
  readonly gatherMs: number;
  /** Acknowledgements of one reader are written at most this often. */
  readonly acknowledgeEveryMs: number;
  /** A reader that got nothing keeps its cursor unless so many records were looked through above it. */
  readonly quietRecords: number;
  /** Pages of which nothing was left are looked through in one request. */
  readonly looks: number;
}

export interface FeedDeskPorts extends FeedMakerPorts {
  readonly journal: Journal;
  /** Whether an entry may be handed on yet: with `durability: replicated`, once another region has it. */
  releasable(spec: FeedSpec, entry: OpenEntry): boolean;
}

/** One request of a reader. */
interface Request {
  readonly reading: FeedReading;
  readonly done: Done<FeedAnswer>;
  /** What it came with. */
  readonly cursor: Vector;
  /** Everything within was looked through. */
  reached: Vector;
  /** Offers that were passed over in this request. */
  passed: number;
  looks: number;
  looking: boolean;
  /** Something came while it was looked. */
  again: boolean;
  waitOver: boolean;
  timers: readonly Timer[];
}

export const refused: FeedAnswer = { kind: "refused", retryAfterMs: 1_000 };
export const nothingOpen: Sending = { abort: () => undefined };

/** Serves the readers of one feed from what is here (protocol rule 27). Needs no lease. */
export class FeedDesk {
  readonly maker: FeedMaker;
  readonly acknowledgements: FeedAcknowledgements;
  readonly #ports: FeedDeskPorts;
  readonly #policy: FeedPolicy;
  readonly #requests = new Set<Request>();
  #spec: FeedSpec;
  #gathering: Timer | null = null;

  /** @param storeRetryMs a store that refuses a settlement is asked again after this long, in milliseconds */
  constructor(spec: FeedSpec, ports: FeedDeskPorts, policy: FeedPolicy, storeRetryMs: number) {
    this.#spec = spec;
    this.#ports = ports;
    this.#policy = policy;
    this.maker = new FeedMaker(spec.name, ports, storeRetryMs);
    this.acknowledgements = new FeedAcknowledgements(spec.name, ports, policy.acknowledgeEveryMs);
  }

  update(spec: FeedSpec): void {
    this.#spec = spec;
  }

  /** Requests under way. */
  get underWay(): number {
    return this.#requests.size;
  }

  read(reading: FeedReading, done: Done<FeedAnswer>): Sending {
    const { reader, cursor } = reading;
    const ofReader = [...this.#requests].filter((request) => request.reading.reader === reader).length;
    this.acknowledgements.came(reader, cursor);
    const start = cursor ?? this.#whereItWas(reader);
    if (start === null || ofReader >= this.#policy.perReader) {
      done(refused);
      return nothingOpen;
    }
    const request: Request = {
      reading,
      done,
      cursor: start,
      reached: start,
      passed: 0,
      looks: 0,
      looking: false,
      again: false,
      waitOver: reading.waitMs <= 0,
      timers: [],
    };
    this.#requests.add(request);
    request.timers = this.#timersOf(request);
    this.#look(request);
    return { abort: () => this.#answer(request, refused) };
  }

  /** There may be something new to read. */
  woken(): void {
    if (this.#requests.size === 0) return;
    this.#gathering ??= this.#ports.clock.after(this.#policy.gatherMs, () => {
      this.#gathering = null;
      for (const request of [...this.#requests]) this.#look(request);
    });
  }

  /** Nobody is served any more. */
  stop(): void {
    this.#gathering?.cancel();
    this.acknowledgements.stop();
    for (const request of [...this.#requests]) this.#answer(request, refused);
  }

  /** A reader that names no cursor goes on where it acknowledged last: what it has read may be forgotten since. */
  #whereItWas(reader: string): Vector | null {
    const acknowledged = this.acknowledgements.acknowledged(reader);
    return acknowledged === undefined ? null : joined(acknowledged, this.#ports.journal.pruned(this.#spec.name));
  }

  #timersOf(request: Request): readonly Timer[] {
    const { clock } = this.#ports;
    const waitMs = Math.max(0, Math.min(request.reading.waitMs, this.#policy.waitMs));
    const wait = clock.after(waitMs, () => {
      request.waitOver = true;
      if (!request.looking) this.#nothing(request);
    });
    const longest = clock.after(waitMs + this.#spec.requestTimeoutMs, () => this.#answer(request, refused));
    return [wait, longest];
  }

  #look(request: Request): void {
    if (request.looking) {
      request.again = true;
      return;
    }
    const gone = this.#goneFor(request);
    if (gone !== null) return this.#answer(request, gone);
    request.looking = true;
    request.again = false;
    request.looks += 1;
    const limit = Math.max(1, Math.min(request.reading.limit, this.#policy.limit));
    this.#ports.journal.offers(this.#spec.name, request.reached, limit, (offered) => {
      const page = feedPage(request.reached, offered, this.#rules(limit));
      this.maker.supersede(page.superseded, () =>
        this.maker.make(page.taken, (events) => {
          request.looking = false;
          request.passed += page.superseded.length + page.repeated + events.filter((event) => event === null).length;
          const moved = missing(request.reached, page.reached) > 0;
          request.reached = page.reached;
          this.#looked(
            request,
            events.filter((event) => event !== null),
            page.more && moved,
          );
        }),
      );
    });
  }

  #looked(request: Request, events: readonly string[], more: boolean): void {
    const { reached: cursor } = request;
    if (events.length > 0) return this.#answer(request, { kind: "page", events, cursor, more });
    if (more && request.looks < this.#policy.looks) return this.#look(request);
    if (more) return this.#answer(request, { kind: "page", events, cursor, more });
    request.looks = 0;
    if (request.waitOver) return this.#nothing(request);
    if (request.again) this.#look(request);
  }

  /** A cursor that only moved over what the gateway wrote itself would be one more acknowledgement to write. */
  #nothing(request: Request): void {
    const { cursor: before, reached, passed } = request;
    const isQuiet = passed === 0 && missing(before, reached) < this.#policy.quietRecords;
    this.#answer(request, { kind: "page", events: [], cursor: isQuiet ? before : reached, more: false });
  }

  #answer(request: Request, answer: FeedAnswer): void {
    if (!this.#requests.delete(request)) return;
    for (const timer of request.timers) timer.cancel();
    request.done(answer);
  }

  /** Behind what was pruned there is nothing to be read; above it is everything. */
  #goneFor({ reached }: Request): FeedAnswer | null {
    const pruned = this.#ports.journal.pruned(this.#spec.name);
    const isBehind = journalsIn(pruned).some((name) => positionOf(reached, name) < positionOf(pruned, name));
    return isBehind ? { kind: "gone", earliest: joined(reached, pruned) } : null;
  }

  #rules(limit: number): PageRules {
    const spec = this.#spec;
    return {
      limit,
      ordered: spec.ordering !== "none",
      latest: spec.ordering === "latest",
      releasable: (offer) => this.#ports.releasable(spec, offer),
    };
  }
}
