import type { ConnectorSpec, FeedSpec } from "../define/spec.ts";
import { FeedDesk, type FeedDeskPorts, type FeedPolicy, nothingOpen, refused } from "./feed-desk.ts";
import { readersOf } from "./feed-readers.ts";
import { FeedRegistrar } from "./feed-registrar.ts";
import type { Done, FeedAnswer, FeedReading, OpenEntry, Sending } from "./ports.ts";
import type { JournalRecord, SettlementRecord } from "./records.ts";

/** How far a reader of a feed is. */
export interface ReaderStatus {
  /** Entries that it has not acknowledged, as far as this region knows; where they are many, about so many. */
  readonly unread: number;
  /** When the oldest of them was accepted. Wall clock, ms; null: it has read everything, or has not begun. */
  readonly oldestUnreadAt: number | null;
  /** When it last came to this region. Wall clock, ms; null: not since the region's start. */
  readonly lastReadAt: number | null;
}

export interface FeedsPorts extends FeedDeskPorts {
  /** Whether the region may write at all. */
  begun(): boolean;
}

/** The feeds of one region. */
export class Feeds {
  readonly #ports: FeedsPorts;
  readonly #policy: FeedPolicy;
  readonly #storeRetryMs: number;
  readonly #registrar: FeedRegistrar;
  readonly #desks = new Map<string, FeedDesk>();

  /** @param storeRetryMs a store that refuses a settlement is asked again after this long, in milliseconds */
  constructor(ports: FeedsPorts, policy: FeedPolicy, storeRetryMs: number) {
    this.#ports = ports;
    this.#policy = policy;
    this.#storeRetryMs = storeRetryMs;
    this.#registrar = new FeedRegistrar(ports);
  }

  set(spec: ConnectorSpec): void {
    if (spec.role === "feed") this.#desk(spec).update(spec);
  }

  remove(connector: string): void {
    this.#desks.get(connector)?.stop();
    this.#desks.delete(connector);
  }

  stop(): void {
    for (const desk of this.#desks.values()) desk.stop();
    this.#desks.clear();
  }

  read(spec: ConnectorSpec, paused: boolean, reading: FeedReading, done: Done<FeedAnswer>): Sending {
    const underWay = [...this.#desks.values()].reduce((sum, desk) => sum + desk.underWay, 0);
    const isServed = !paused && this.#ports.begun() && underWay < this.#policy.inAll;
    if (spec.role === "feed" && isServed) return this.#desk(spec).read(reading, done);
    done(refused);
    return nothingOpen;
  }

  /** There may be something new to read. */
  woken(connector: string): void {
    this.#desks.get(connector)?.woken();
  }

  learned(connector: string, records: readonly JournalRecord[]): void {
    const desk = this.#desks.get(connector);
    if (desk === undefined || desk.underWay === 0) return;
    if (records.some(({ kind }) => kind === "entry" || kind === "resubmit")) desk.woken();
  }

  /** To be called now and then, where the region acts for the connector. */
  register(spec: ConnectorSpec): void {
    if (spec.role !== "feed") return;
    const { acknowledgements } = this.#desk(spec);
    this.#registrar.register(spec, (reader) => acknowledgements.acknowledged(reader) !== undefined);
  }

  /** How entries ended that every reader has passed. */
  outcomes(spec: FeedSpec, entries: readonly OpenEntry[], done: Done<readonly SettlementRecord[]>): void {
    this.#desk(spec).maker.outcomes(entries, done);
  }

  status(spec: ConnectorSpec): Readonly<Record<string, ReaderStatus>> {
    if (spec.role !== "feed") return {};
    return Object.fromEntries(readersOf(spec).map((reader) => [reader, this.#statusOf(spec, reader)]));
  }

  #statusOf(spec: FeedSpec, reader: string): ReaderStatus {
    const { journal } = this.#ports;
    const { acknowledgements } = this.#desk(spec);
    const read = acknowledgements.acknowledged(reader);
    const lastReadAt = acknowledgements.lastAt(reader);
    if (read === undefined) return { unread: 0, oldestUnreadAt: null, lastReadAt };
    const { entries: unread, oldestAt: oldestUnreadAt } = journal.unread(spec.name, read);
    return { unread, oldestUnreadAt, lastReadAt };
  }

  #desk(spec: FeedSpec): FeedDesk {
    const desk = this.#desks.get(spec.name) ?? new FeedDesk(spec, this.#ports, this.#policy, this.#storeRetryMs);
    this.#desks.set(spec.name, desk);
    return desk;
  }
}
