/** Role feed: the partner's readers call us. Says who reads and from where; the core reads, and this writes the answer. */
import type { Done, FeedAnswer, FeedReading } from "../../../core/ports.ts";
import { journalsIn } from "../../../core/vector.ts";
import type { FeedSpec } from "../../../define/spec.ts";
import type { DriverContext, FeedRequest, FeedResponse, FeedServer, InboundRequest } from "../../port.ts";
import { documentReader } from "../network/documents.ts";
import { CursorSeal, type Opened } from "./cursor.ts";
import { queryFrom, readQuery, type Start } from "./query.ts";
import { type Caller, type Identify, readersOf } from "./readers.ts";

type Headers = FeedResponse["headers"];

/** Keys that cannot be read now: when to ask again. Seconds. */
const unavailableRetryS = 5;

const json = (status: number, content: object, headers: Headers = {}): FeedResponse => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  body: JSON.stringify(content),
});

const refusals = {
  method: json(405, { error: "only GET is answered" }, { allow: "GET" }),
  /** No detail: it would help to guess. */
  refused: json(401, { error: "not verified" }, { "www-authenticate": "Bearer" }),
  unavailable: json(503, { error: "cannot be verified now" }, { "retry-after": String(unavailableRetryS) }),
  unreadable: json(400, { error: "cursor: not one of ours; start again without it, and you go on where you were" }),
  foreign: json(403, { error: "cursor: made for another reader or connector" }),
};

export class HttpFeedServer implements FeedServer {
  readonly #path: string;
  readonly #identify: Identify;
  readonly #cursors: CursorSeal;

  constructor({ name, options, partner }: FeedSpec, { secrets, clock, network, cursorKey }: DriverContext) {
    this.#path = `/${name}`;
    this.#identify = readersOf(options.readers, {
      secrets,
      clock,
      documents: documentReader(partner.location, network),
    });
    this.#cursors = new CursorSeal(name, cursorKey);
  }

  request(request: InboundRequest, done: Done<FeedRequest>): void {
    if (request.method !== "GET") return done({ kind: "answer", response: refusals.method });
    const caller = this.#identify(request);
    if ("kind" in caller) done(this.#asked(caller, request));
    else caller.then((late) => done(this.#asked(late, request)));
  }

  response(reading: FeedReading, answer: FeedAnswer): FeedResponse {
    switch (answer.kind) {
      case "page":
        return this.#page(reading, answer.events, this.#cursors.seal(reading.reader, answer.cursor));
      case "gone": {
        const earliest = this.#cursors.seal(reading.reader, answer.earliest);
        return asksForEarliest(reading) ? this.#page(reading, [], earliest) : this.#gone(reading, earliest);
      }
      case "refused": {
        const afterS = Math.max(1, Math.ceil(answer.retryAfterMs / 1_000));
        return json(503, { error: "not ready" }, { "retry-after": String(afterS) });
      }
    }
  }

  #asked(caller: Caller, { url }: InboundRequest): FeedRequest {
    if (caller.kind !== "reader") return { kind: "answer", response: refusals[caller.kind] };
    const query = readQuery(url);
    if (typeof query === "string") return { kind: "answer", response: json(400, { error: query }) };
    const { start, limit, waitMs } = query;
    const opened = this.#opened(caller.name, start);
    if (opened.kind !== "cursor") return { kind: "answer", response: refusals[opened.kind] };
    return { kind: "read", reading: { reader: caller.name, cursor: opened.vector, limit, waitMs } };
  }

  #opened(reader: string, start: Start): Opened | { readonly kind: "cursor"; readonly vector: null } {
    switch (start.kind) {
      case "acknowledged":
        return { kind: "cursor", vector: null };
      case "earliest":
        return { kind: "cursor", vector: {} };
      case "cursor":
        return this.#cursors.open(reader, start.text);
    }
  }

  #page(reading: FeedReading, events: readonly string[], cursor: string): FeedResponse {
    return {
      status: 200,
      headers: {
        "content-type": "application/cloudevents-batch+json",
        "cache-control": "no-store",
        "isthmus-cursor": cursor,
        link: `<${this.#next(reading, cursor)}>; rel="next"`,
      },
      body: `[${events.join(",")}]`,
    };
  }

  #gone(reading: FeedReading, cursor: string): FeedResponse {
    const error = "some events after this cursor are no longer kept; resume reads on from the earliest that are";
    return json(410, { error, resume: this.#next(reading, cursor) }, { "isthmus-cursor": cursor });
  }

  #next(reading: FeedReading, cursor: string): string {
    return `${this.#path}?${queryFrom(cursor, reading)}`;
  }
}

/** Whoever asked for the earliest that there is misses nothing that it asked for. */
const asksForEarliest = ({ cursor }: FeedReading): boolean => cursor !== null && journalsIn(cursor).length === 0;
