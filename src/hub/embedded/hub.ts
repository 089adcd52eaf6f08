import type { DatabaseSync } from "node:sqlite";
import type { Clock, Done, Timer } from "../../core/ports.ts";
import type { StartFrom } from "../../define/model.ts";
import type { HubEvent } from "../../define/spec.ts";
import { openDatabase, openForReading } from "../../sqlite/database.ts";
import { GroupCommit } from "../../sqlite/group-commit.ts";
import { row, rows } from "../../sqlite/query.ts";
import type { Hub, HubPage, PublishResult, ReadQuery, Subscribing, Subscription } from "../port.ts";
import type { Answer, Changes, Command, EventRow, WorkerOptions } from "./messages.ts";
import { Publications } from "./publications.ts";
import { hubForm } from "./schema.ts";
import { Subscriber } from "./subscriber.ts";
import { type Placed, Tail } from "./tail.ts";

export interface EmbeddedHubOptions {
  /** State folder of the region, which the caller has locked. */
  readonly folder: string;
  readonly clock: Clock;
  /** Events are kept at least this long, and until every consumer has them. Milliseconds, default one hour. */
  readonly keepMs?: number;
  /** At this many bytes of events the hub takes no more. Default 8 GB. */
  readonly maxBytes?: number;
  /** How often what may go is taken away, in milliseconds. Default one minute. */
  readonly trimEveryMs?: number;
  /** How long a publication waits for a subscriber to take it, in milliseconds. Default two seconds. */
  readonly patienceMs?: number;
}

/** Events in one page that a subscriber gets. */
const pageSize = 256;
const tailSize = 2_000;

/**
 * A hub in a SQLite file beside the journal: what is published together, by whomever, is one write to the disk.
 *
 * @throws StateVersionError
 */
export class EmbeddedHub implements Hub {
  readonly ordered = true;
  readonly #options: Required<EmbeddedHubOptions>;
  readonly #id: string;
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit<Command, Answer, Changes>;
  readonly #tail: Tail;
  readonly #subscribers = new Set<Subscriber>();
  readonly #publications: Publications;
  readonly #waiting = new Set<() => void>();
  readonly #events;
  readonly #first;
  readonly #firstSince;
  #position: number;
  #trimming: Timer;

  constructor(options: EmbeddedHubOptions) {
    this.#options = { keepMs: 3_600_000, maxBytes: 8_000_000_000, trimEveryMs: 60_000, patienceMs: 2_000, ...options };
    const { folder, maxBytes } = this.#options;
    const form = hubForm(folder);
    openDatabase(form).close();
    this.#database = openForReading(form.path);
    const [id, position] = row<[id: string, position: number]>(this.#database, "SELECT id, position FROM log")() ?? [
      "",
      0,
    ];
    this.#id = id;
    this.#position = position;
    this.#tail = new Tail(tailSize, position);
    this.#events = rows<[position: number, body: string]>(
      this.#database,
      "SELECT position, body FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
    );
    this.#first = row<[position: number | null]>(this.#database, "SELECT min(position) FROM event");
    this.#firstSince = row<[position: number | null]>(
      this.#database,
      "SELECT min(position) FROM event WHERE time >= ?",
    );
    this.#publications = new Publications(options.clock, this.#subscribers, this.#options.patienceMs);
    const worker: WorkerOptions = { folder, maxBytes };
    this.#commits = new GroupCommit(new URL("./worker.ts", import.meta.url), worker, () => undefined);
    this.#trimming = this.#trimLater();
  }

  cursorAt(from: StartFrom): string {
    if (from === "now") return this.#cursor(this.#position);
    const [first] = (from === "earliest" ? this.#first() : this.#firstSince(Date.parse(from.time))) ?? [];
    return this.#cursor(typeof first === "number" ? first - 1 : this.#position);
  }

  publish(events: readonly HubEvent[], done: Done<PublishResult>): void {
    const command: Command = { do: "publish", time: this.#options.clock.wallMs(), rows: events.map(rowOf) };
    this.#commits.submit(command, (answer) => {
      if ("refused" in answer) return done({ kind: "failed", full: answer.refused === "full", reason: answer.detail });
      answer.positions.forEach((position, at) => {
        const event = events[at];
        if (position === null || event === undefined) return;
        this.#position = position;
        this.#tail.add({ position, event });
      });
      const position = this.#position;
      this.#wake();
      this.#publications.whenTaken(position, () => done({ kind: "published" }));
    });
  }

  read({ after, limit, waitMs = 0 }: ReadQuery, done: Done<HubPage>): void {
    const position = this.#positionOf(after);
    if (position < this.#position || waitMs === 0) return done(this.#page(position, limit));
    const answer = (): void => {
      timer.cancel();
      this.#waiting.delete(answer);
      done(this.#page(position, limit));
    };
    const timer = this.#options.clock.after(waitMs, answer);
    this.#waiting.add(answer);
  }

  subscribe({ consumer, types, after }: Subscribing, onPage: (page: HubPage, next: () => void) => void): Subscription {
    const position = this.#positionOf(after);
    this.#commits.submit({ do: "register", consumer, position }, () => undefined);
    const subscriber: Subscriber = new Subscriber({
      consumer,
      position,
      types: new Set(types),
      read: (from) => this.#after(from, pageSize),
      hand: (events, upTo, next) =>
        onPage({ events, cursor: this.#cursor(upTo) }, () => {
          next();
          this.#publications.look();
        }),
    });
    this.#subscribers.add(subscriber);
    subscriber.wake();
    return {
      stop: () => {
        subscriber.stop();
        this.#subscribers.delete(subscriber);
        this.#publications.look();
      },
    };
  }

  removeConsumer(consumer: string, done: Done<void>): void {
    this.#commits.submit({ do: "remove", consumer }, () => done());
  }

  /** Answers what was published, then lets the file go. Readers that wait are answered with what there is. */
  async close(): Promise<void> {
    this.#end();
    await this.#commits.close();
    this.#database.close();
  }

  /** Lets go at once, as when the process dies. */
  async kill(): Promise<void> {
    this.#end();
    await this.#commits.kill();
    this.#database.close();
  }

  #end(): void {
    this.#trimming.cancel();
    for (const subscriber of this.#subscribers) subscriber.stop();
    for (const answer of this.#waiting) answer();
    this.#publications.end();
  }

  #wake(): void {
    for (const subscriber of this.#subscribers) subscriber.wake();
    for (const answer of this.#waiting) answer();
  }

  #trimLater(): Timer {
    const { clock, keepMs, trimEveryMs } = this.#options;
    return clock.after(trimEveryMs, () => {
      const taken = Object.fromEntries([...this.#subscribers].map(({ consumer, taken: upTo }) => [consumer, upTo]));
      this.#commits.submit({ do: "trim", taken, before: clock.wallMs() - keepMs }, () => undefined);
      this.#trimming = this.#trimLater();
    });
  }

  #page(position: number, limit: number): HubPage {
    const events = this.#after(position, limit);
    return { events: events.map(({ event }) => event), cursor: this.#cursor(events.at(-1)?.position ?? position) };
  }

  #after(position: number, limit: number): readonly Placed[] {
    const recent = this.#tail.after(position, limit);
    if (recent !== null) return recent;
    const found = this.#events(position, this.#position, limit);
    return found.map(([at, body]) => ({ position: at, event: JSON.parse(body) as HubEvent }));
  }

  #cursor(position: number): string {
    return `${this.#id}-${position}`;
  }

  #positionOf(cursor: string): number {
    const [id, position] = cursor.split("-");
    const at = Number(position);
    return id === this.#id && Number.isSafeInteger(at) ? Math.min(Math.max(at, 0), this.#position) : 0;
  }
}

const rowOf = (event: HubEvent): EventRow => [
  `${event.source} ${event.id}`,
  event.type,
  event.partitionkey ?? null,
  JSON.stringify(event),
];
