import type { Table } from "../../aws/dynamo/table.ts";
import type { Done, PositionedRecord, Segment } from "../../core/ports.ts";
import { type JournalName, journalParts } from "../../core/records.ts";
import { type JournalStart, noStart, readParts, startOf } from "./checkpoint.ts";
import { type EntryFacts, readPages, type WholePage } from "./pages.ts";

export interface ReaderPorts {
  readonly connector: string;
  /** This one: its own journals are written before they are read. */
  readonly region: string;
  readonly table: Table;
  /** Records of any journal that are durable and whole, in order. */
  taken(segment: Segment): void;
  /** A journal is read from a checkpoint on, of which nothing was known. */
  begun(journal: JournalName, start: JournalStart): void;
  pruned(journal: JournalName): number;
  /** Up to here its entries were found here before. */
  held(journal: JournalName): number;
}

/** How far a journal was read. */
export interface ReadTo {
  next: number;
  to: number;
  start: JournalStart;
}

/** Reads the journals of one connector: a checkpoint, where there is one, and the pages after. */
export class PageReader {
  readonly #ports: ReaderPorts;
  readonly #places = new Map<JournalName, ReadTo>();

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  has(journal: JournalName): boolean {
    return this.#places.has(journal);
  }

  place(journal: JournalName): ReadTo {
    let place = this.#places.get(journal);
    if (place === undefined) {
      place = { next: 1, to: 0, start: noStart };
      this.#places.set(journal, place);
    }
    return place;
  }

  /** Those that are read, or written, of a region. */
  journalsOf(region: string): readonly JournalName[] {
    return [...this.#places.keys()].filter((journal) => journalParts(journal).region === region);
  }

  /** Reads what is new of a journal. `done(false)`: the table did not answer; what was read is taken all the same. */
  readOn(journal: JournalName, done: Done<boolean>): void {
    const known = this.#places.get(journal);
    if (known !== undefined) return this.#readFrom(journal, known, done);
    startOf(this.#ports.table, journal, (start) => {
      if (start === null) return done(false);
      this.#begin(journal, this.place(journal), start, done);
    });
  }

  take(journal: JournalName, { page, to, records }: WholePage): void {
    const place = this.place(journal);
    const from = place.to;
    place.next = page + 1;
    place.to = to;
    this.#ports.taken({ connector: this.#ports.connector, journal, from, to, records });
  }

  /** Reads on from where a journal begins now, if that is above what was read. */
  #begin(journal: JournalName, place: ReadTo, start: JournalStart, done: Done<boolean>): void {
    if (start.page <= place.next) {
      place.start = start;
      return this.#readFrom(journal, place, done);
    }
    const parts = start.parts.filter(({ to }) => to > place.to);
    const { isForgotten, isHere } = this.#factsOf(journal, start);
    const known = (position: number): boolean => isForgotten(position) || isHere(position);
    readParts(this.#ports.table, journal, parts, known, (read) => {
      // An own part that is not there was replaced by a later checkpoint.
      if (read.kind !== "read") return done(read.kind === "waits" && !this.#isOwn(journal));
      const isFirst = place.to === 0;
      const isKept = ({ position, record }: PositionedRecord): boolean =>
        record.kind !== "entry" || !isForgotten(position);
      for (const { part, records } of read.parts) {
        this.take(journal, { page: start.page - 1, to: part.to, records: records.filter(isKept), by: "" });
      }
      place.next = start.page;
      place.start = start;
      if (isFirst) this.#ports.begun(journal, start);
      this.#readFrom(journal, place, done);
    });
  }

  #readFrom(journal: JournalName, place: ReadTo, done: Done<boolean>): void {
    const { next } = place;
    readPages(this.#ports.table, journal, next, this.#factsOf(journal, place.start), (reading) => {
      if (reading === null) return done(false);
      for (const page of reading.pages) this.take(journal, page);
      if (reading.more && place.next > next) this.#readFrom(journal, place, done);
      else if (reading.waits) this.#beginAnew(journal, place, done);
      else done(true);
    });
  }

  /** What is waited for may have been removed since the journal was begun to be read. */
  #beginAnew(journal: JournalName, place: ReadTo, done: Done<boolean>): void {
    startOf(this.#ports.table, journal, (start) => {
      if (start === null) return done(false);
      const isFurther = start.pruned > place.start.pruned || start.page > place.next;
      if (isFurther) this.#begin(journal, place, start, done);
      else done(true);
    });
  }

  #isOwn(journal: JournalName): boolean {
    return journalParts(journal).region === this.#ports.region;
  }

  /** What was pruned of own journals is told of like all else: what is said of it is there as well, and in order. */
  #factsOf(journal: JournalName, { pruned }: JournalStart): EntryFacts {
    const isOwn = this.#isOwn(journal);
    const { held } = this.#ports;
    return {
      isForgotten: (position) => !isOwn && position <= Math.max(pruned, this.#ports.pruned(journal)),
      isHere: (position) => isOwn || position <= held(journal),
    };
  }
}
