import { isPassing, type Table, type Written } from "../../aws/dynamo/table.ts";
import type { Clock, Done, PositionedRecord, Random, Segment, StoreFailure } from "../../core/ports.ts";
import { type JournalName, type JournalRecord, journalName } from "../../core/records.ts";
import { journalKey, pagedOf, pageItem, startKey } from "./items.ts";
import { persist, readPages, startOf, type WholePage } from "./pages.ts";

export interface LogPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a write is tried before it is refused, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** Records of any journal that are durable and whole, in order. */
  taken(segment: Segment): void;
  pruned(journal: JournalName): number;
}

/** What one writer wants to stand together, asked for when its place is known: others may have written meanwhile. */
export interface Append {
  /** null: nothing has to be written any more. */
  records(): readonly JournalRecord[] | null;
  done(
    result: { readonly kind: "appended"; readonly first: number } | { readonly kind: "nothing" } | StoreFailure,
  ): void;
}

interface Read {
  next: number;
  to: number;
}

const pageRecords = 400;
const pageBytes = 300_000;

/**
 * The pages of one connector: the region's own are appended, one put at a time, at a number that was not there. Several
 * processes of a region may append: who comes second reads on and takes the next number.
 */
export class PageLog {
  readonly #connector: string;
  readonly #region: string;
  readonly #ports: LogPorts;
  readonly #read = new Map<JournalName, Read>();
  #waiting: Append[] = [];
  #appending = false;
  #incarnation = 0;
  #isAnnounced = false;

  constructor(connector: string, region: string, ports: LogPorts) {
    this.#connector = connector;
    this.#region = region;
    this.#ports = ports;
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
    this.#isAnnounced = this.#read.has(this.#own());
  }

  /** Reads what is new of a journal. `done(false)`: the table did not answer; what was read is taken all the same. */
  readOn(journal: JournalName, done: Done<boolean>): void {
    const known = this.#read.get(journal);
    if (known !== undefined) return this.#readFrom(journal, known, 0, done);
    startOf(this.#ports.table, journal, (start) => {
      if (start === null) return done(false);
      const fresh = this.#read.get(journal) ?? { next: start.page, to: 0 };
      this.#read.set(journal, fresh);
      this.#readFrom(journal, fresh, start.pruned, done);
    });
  }

  #readFrom(journal: JournalName, read: Read, prunedTo: number, done: Done<boolean>): void {
    const isForgotten = (position: number): boolean => position <= Math.max(prunedTo, this.#ports.pruned(journal));
    const { next } = read;
    readPages(this.#ports.table, journal, next, isForgotten, (reading) => {
      if (reading === null) return done(false);
      for (const page of reading.pages) this.#take(journal, page);
      if (reading.more && read.next > next) this.#readFrom(journal, read, prunedTo, done);
      else if (reading.waits) this.#passForgotten(journal, read, prunedTo, done);
      else done(true);
    });
  }

  /** What is waited for may have been removed since the journal was begun to be read. */
  #passForgotten(journal: JournalName, read: Read, prunedTo: number, done: Done<boolean>): void {
    startOf(this.#ports.table, journal, (start) => {
      if (start === null) return done(false);
      if (start.pruned > prunedTo) this.#readFrom(journal, read, start.pruned, done);
      else done(true);
    });
  }

  append(append: Append): void {
    this.#waiting.push(append);
    this.#appendNext();
  }

  #own(): JournalName {
    return journalName(this.#region, this.#incarnation);
  }

  #place(): Read {
    let read = this.#read.get(this.#own());
    if (read === undefined) {
      read = { next: 1, to: 0 };
      this.#read.set(this.#own(), read);
    }
    return read;
  }

  #appendNext(): void {
    if (this.#appending || this.#waiting.length === 0) return;
    this.#appending = true;
    this.#announce((failure) => {
      if (failure === null) return this.#appendGroup();
      this.#appending = false;
      for (const one of this.#waiting.splice(0)) one.done(failure);
    });
  }

  /** Who reads finds a journal by what stands here. */
  #announce(done: Done<StoreFailure | null>): void {
    if (this.#isAnnounced) return done(null);
    const item = { ...journalKey(this.#region, this.#incarnation), attributes: { incarnation: this.#incarnation } };
    this.#write(
      (written) => this.#ports.table.put(item, null, written),
      (result) => {
        if (result.kind === "failed") return done(failureOf(result));
        this.#isAnnounced = true;
        done(null);
      },
    );
  }

  #appendGroup(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const { next, to } = this.#place();
    const places: {
      readonly one: Append;
      readonly records: readonly JournalRecord[] | null;
      readonly first: number;
    }[] = [];
    let first = to + 1;
    let bytes = 0;
    const named = new Set<string>();
    for (const [at, one] of group.entries()) {
      const records = one.records();
      const size = records === null ? 0 : sizeOf(records);
      const isFull = first - to - 1 + (records?.length ?? 0) > pageRecords || bytes + size > pageBytes;
      // What an earlier one of the group names is known to a later one only when it stands.
      const isNamed = (records ?? []).some((record) => record.kind === "entry" && named.has(record.identity));
      if ((isFull || isNamed) && places.some(({ records: some }) => some !== null)) {
        this.#waiting = [...group.slice(at), ...this.#waiting];
        break;
      }
      places.push({ one, records, first });
      for (const record of records ?? []) if (record.kind === "entry") named.add(record.identity);
      first += records?.length ?? 0;
      bytes += size;
    }
    const all = places.flatMap(({ records, first: start }) =>
      (records ?? []).map((record, index): PositionedRecord => ({ position: start + index, record })),
    );
    const settle = (result: StoreFailure | null): void => {
      this.#appending = false;
      for (const { one, records, first: start } of places) {
        if (records === null) one.done({ kind: "nothing" });
        else one.done(result ?? { kind: "appended", first: start });
      }
      this.#appendNext();
    };
    if (all.length === 0) return settle(null);
    this.#put(next, all, settle, () => {
      // Another process was first: what it wrote may change what is asked for.
      this.#waiting = [...places.map(({ one }) => one), ...this.#waiting];
      this.#catchUp();
    });
  }

  #catchUp(): void {
    const { clock, giveUpAfterMs } = this.#ports;
    const attempt = (done: Done<true | null>): void => this.readOn(this.#own(), (well) => done(well ? true : null));
    persist(clock, giveUpAfterMs, attempt, (well) => {
      if (well !== null) return this.#appendGroup();
      this.#appending = false;
      const failure: StoreFailure = { kind: "refused", reason: "failed", detail: "the table cannot be read" };
      for (const one of this.#waiting.splice(0)) one.done(failure);
    });
  }

  #put(page: number, records: readonly PositionedRecord[], done: Done<StoreFailure | null>, taken: () => void): void {
    const journal = this.#own();
    const by = this.#ports.random().toString(36).slice(2);
    const to = records.at(-1)?.position ?? 0;
    const item = pageItem({ journal, page, records: records.map(pagedOf), to, by });
    this.#write(
      (written) => this.#ports.table.put(item, { kind: "absent" }, written),
      (result) => {
        if (result.kind === "failed") return done(failureOf(result));
        // The answer to an earlier attempt may have been lost.
        if (result.kind === "unmet" && result.item?.attributes.by !== by) return taken();
        this.#take(journal, { page, to, by, records });
        done(null);
      },
    );
  }

  /** What was not answered, or was throttled, is written again: every write here may be. */
  #write(attempt: (done: Done<Written>) => void, done: Done<Written>): void {
    let last: Written = { kind: "failed", reason: "silent", detail: "the table did not answer" };
    const { clock, giveUpAfterMs } = this.#ports;
    persist(
      clock,
      giveUpAfterMs,
      (tried: Done<Written | null>) =>
        attempt((result) => {
          last = result;
          tried(isPassing(result) ? null : result);
        }),
      (result) => done(result ?? last),
    );
  }

  #take(journal: JournalName, { page, to, records }: WholePage): void {
    const read = this.#read.get(journal) ?? { next: 1, to: 0 };
    const from = read.to;
    this.#read.set(journal, read);
    read.next = page + 1;
    read.to = to;
    this.#ports.taken({ connector: this.#connector, journal, from, to, records });
  }

  /** Notes where a journal begins now, so that nobody waits for what is removed after this. */
  noteStart(journal: JournalName, pruned: number, done: Done<boolean>): void {
    const item = { ...startKey(journal), attributes: { page: 1, pruned } };
    this.#ports.table.put(item, null, (result) => done(result.kind === "written"));
  }
}

const sizeOf = (records: readonly JournalRecord[]): number =>
  records.reduce(
    (sum, record) => sum + (record.kind === "entry" ? record.identity.length + 40 : JSON.stringify(record).length + 20),
    0,
  );

const failureOf = ({ detail }: Extract<Written, { kind: "failed" }>): StoreFailure => ({
  kind: "refused",
  reason: "failed",
  detail,
});
