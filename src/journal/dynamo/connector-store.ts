import type { Table } from "../../aws/dynamo/table.ts";
import type { AcceptResult, Clock, Done, Place, Random, Segment, StoreFailure, WriteResult } from "../../core/ports.ts";
import {
  type EntryRecord,
  type JournalName,
  type JournalRecord,
  journalName,
  journalParts,
  type Vector,
} from "../../core/records.ts";
import { ConnectorIndex } from "../index/connector-index.ts";
import { isLight, type Placed } from "../index/known.ts";
import { Checkpointer } from "./checkpointer.ts";
import { type PutEntry, putEach, putEntry, type ReplicaTables } from "./entries.ts";
import { InOrder } from "./in-order.ts";
import { Inbox } from "./inbox.ts";
import { entryIn, journalsOfRegion } from "./items.ts";
import { PageLog } from "./log.ts";
import { Numbering, recordsPerPage } from "./numbering.ts";
import { Payloads } from "./payloads.ts";
import { PageReader } from "./reader.ts";
import { statusIn, statusKey } from "./status.ts";
import { Told } from "./told.ts";

export interface StorePorts {
  readonly region: string;
  /** All that may have written, this one included. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly table: Table;
  /** Set where an entry must be in another region before it is here. */
  readonly replicas: ReplicaTables | null;
  readonly giveUpAfterMs: number;
  /** Pages after the last checkpoint that are worth a new one. */
  readonly checkpointPages: number;
}

/** The journals of one connector: what the table holds, and the index of it in memory. */
export class ConnectorStore {
  readonly index: ConnectorIndex;
  readonly payloads: Payloads;
  readonly told: Told;
  readonly inbox: Inbox;
  readonly checkpointer: Checkpointer;
  readonly #ports: StorePorts;
  readonly #log: PageLog;
  readonly #reader: PageReader;
  readonly #numbering: Numbering;
  #incarnation = 0;
  #isOpening = false;
  #held: Vector = {};
  /** What is asked for is numbered in the order in which it was asked for. */
  readonly #order = new InOrder();
  /** Who else asks for an identity while it is accepted. */
  readonly #accepting = new Map<string, (() => void)[]>();

  constructor(connector: string, ports: StorePorts) {
    const { region, table, clock, checkpointPages: afterPages } = ports;
    this.index = new ConnectorIndex(connector, { payloads: "apart" });
    this.payloads = new Payloads(table, clock);
    this.told = new Told(connector, region);
    this.#ports = ports;
    this.#reader = new PageReader({
      connector,
      region,
      table,
      taken: (segment) => this.#taken(segment),
      begun: (journal, { forgotten }) => this.index.beginWith(journal, forgotten),
      pruned: (journal) => this.index.journals.get(journal)?.pruned ?? 0,
      held: (journal) => this.#held[journal] ?? 0,
    });
    this.#log = new PageLog(region, { ...ports, reader: this.#reader });
    const numbering = { ...ports, index: this.index, log: this.#log };
    this.#numbering = new Numbering(numbering);
    this.inbox = new Inbox(numbering, this.#numbering);
    this.checkpointer = new Checkpointer({ ...ports, index: this.index, reader: this.#reader, afterPages });
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
    this.#log.begin(incarnation);
  }

  /** Reads all that is here. `done(false)`: the table did not answer. */
  open(done: Done<boolean>): void {
    const { region, table } = this.#ports;
    table.get([statusKey(region)], true, (got) => {
      if (got.kind === "failed") return done(false);
      // What was told to be held here was found here.
      this.#held = statusIn(got.items[0] ?? null).vector;
      this.#isOpening = true;
      this.#eachRegion(
        (of, next) => this.readOf(of, next),
        (well) => {
          this.told.takeFresh();
          this.told.takeForeign();
          this.#isOpening = false;
          done(well);
        },
      );
    });
  }

  /** Reads what is new in the journals of a region. `done(false)`: the table did not answer. */
  readOf(region: string, done: Done<boolean>): void {
    this.#ports.table.query({ pk: journalsOfRegion(region), limit: 100, consistent: true }, (read) => {
      if (read.kind === "failed") return done(false);
      const names = read.items.map(({ sk }) => journalName(region, Number(sk)));
      const next = (at: number): void => {
        const journal = names[at];
        if (journal === undefined) return done(true);
        this.#reader.readOn(journal, (well) => (well ? next(at + 1) : done(false)));
      };
      next(0);
    });
  }

  accept(entry: EntryRecord, done: Done<AcceptResult>): void {
    const known = this.index.find(entry.identity);
    if (known !== null) return this.#known(known, done);
    const waiting = this.#accepting.get(entry.identity);
    if (waiting !== undefined) {
      waiting.push(() => this.accept(entry, done));
      return;
    }
    this.#accepting.set(entry.identity, []);
    const inTurn = this.#order.begin();
    const answered = (result: AcceptResult): void => {
      const others = this.#accepting.get(entry.identity) ?? [];
      this.#accepting.delete(entry.identity);
      done(result);
      for (const again of others) again();
    };
    putEntry(this.#ports, entry, (result) => inTurn(() => this.#accepted(entry, result, answered)));
  }

  #accepted(entry: EntryRecord, result: PutEntry, done: Done<AcceptResult>): void {
    if (result.kind === "refused") return done(result);
    if (result.kind === "known" && result.place !== null) {
      if (this.#isForgotten(result.place)) return this.#acceptAnew(entry, result.place, result.payload, done);
      return done({ kind: "known", ...result.place, payload: result.payload });
    }
    const isNew = result.kind === "put";
    const stands = isNew ? entry : (entryIn(result.item) ?? entry);
    if (isNew) this.told.askedFor(entry);
    const number = (): void =>
      this.#numbering.number([stands], (failure) => this.#numbered(stands, isNew, failure, done));
    if (isNew || !result.isForeign) return number();
    // A page of this region names items of this region only: readers wait for them.
    this.#numbering.putOwn([stands], (refusal) => (refusal === null ? number() : done(refusal)));
  }

  #isForgotten({ journal, position }: Place): boolean {
    const isOwn = journalParts(journal).region === this.#ports.region;
    return isOwn && position <= (this.index.journals.get(journal)?.pruned ?? 0);
  }

  /** The item of an entry that is forgotten does not say so yet. */
  #acceptAnew(entry: EntryRecord, { journal, position }: Place, first: string, done: Done<AcceptResult>): void {
    const { identity } = entry;
    this.checkpointer.expireOne({ journal, identity, position, bytes: first.length }, (well) => {
      if (!well) return done({ kind: "refused", reason: "failed", detail: "what is forgotten cannot be removed" });
      putEntry(this.#ports, entry, (result) => this.#accepted(entry, result, done));
    });
  }

  /** The first one's payload may be elsewhere. */
  #known({ journal, position, record }: Placed, done: Done<AcceptResult>): void {
    this.payloads.look([{ ...record, journal }], ([first = null]) => {
      const detail = "what was accepted first cannot be read";
      if (first === null) done({ kind: "refused", reason: "failed", detail });
      else done({ kind: "known", journal, position, payload: first.payload });
    });
  }

  #numbered(entry: EntryRecord, isNew: boolean, failure: StoreFailure | null, done: Done<AcceptResult>): void {
    if (failure !== null) return done(failure);
    const place = this.index.find(entry.identity);
    if (place === null) return done({ kind: "refused", reason: "failed", detail: "it was removed meanwhile" });
    const { journal, position } = place;
    if (isNew && !this.told.isLater(journal, [{ position, record: entry }]))
      done({ kind: "accepted", journal, position });
    else done({ kind: "known", journal, position, payload: entry.payload });
  }

  write(records: readonly JournalRecord[], done: Done<WriteResult>): void {
    for (const record of records) this.told.askedFor(record);
    const fresh = new Map<string, EntryRecord>();
    for (const record of records) {
      if (record.kind === "entry" && this.index.find(record.identity) === null && !fresh.has(record.identity)) {
        fresh.set(record.identity, record);
      }
    }
    const inTurn = this.#order.begin();
    this.#putAll([...fresh.values()], (refusal, foreign) =>
      inTurn(() => {
        if (refusal !== null) return done(refusal);
        const own = records.filter((record) => record.kind !== "entry" || !foreign.has(record.identity));
        this.#writeAll(own, records, done);
      }),
    );
  }

  apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void {
    const held = this.index.vector()[segment.journal] ?? 0;
    if (segment.from > held) {
      const detail = `${segment.journal} is held to ${held}, not ${segment.from}`;
      return done({ kind: "refused", reason: "failed", detail });
    }
    this.#index(segment);
    done({ kind: "applied" });
  }

  #eachRegion(step: (region: string, done: Done<boolean>) => void, done: Done<boolean>): void {
    const next = (at: number): void => {
      const region = this.#ports.regions[at];
      if (region === undefined) return done(true);
      step(region, (well) => (well ? next(at + 1) : done(false)));
    };
    next(0);
  }

  #putAll(
    entries: readonly EntryRecord[],
    done: (refusal: StoreFailure | null, foreign: ReadonlySet<string>) => void,
  ): void {
    const foreign = new Set<string>();
    putEach(
      { ...this.#ports, waits: false },
      entries,
      ({ identity }, result) => {
        if (result.kind === "known" && (result.isForeign || result.place !== null)) foreign.add(identity);
      },
      (refusal) => done(refusal, foreign),
    );
  }

  /** Long batches of entries go ahead in pages of their own: what is said of them comes after. */
  #writeAll(records: readonly JournalRecord[], asked: readonly JournalRecord[], done: Done<WriteResult>): void {
    const entries = records.flatMap((record) => (record.kind === "entry" ? [record] : []));
    if (entries.length > recordsPerPage) {
      return this.#numbering.number(entries.slice(0, recordsPerPage), (failure) => {
        if (failure !== null) return done(failure);
        const numbered = new Set(entries.slice(0, recordsPerPage).map(({ identity }) => identity));
        const rest = records.filter((record) => record.kind !== "entry" || !numbered.has(record.identity));
        this.#writeAll(rest, asked, done);
      });
    }
    const before = new Set(
      asked.flatMap((record) =>
        record.kind === "entry" && this.index.find(record.identity) !== null ? [record.identity] : [],
      ),
    );
    let written: readonly JournalRecord[] = [];
    this.#log.append({
      records: () => {
        written = this.#stillNew(records);
        return written.length === 0 ? null : written;
      },
      done: (result) => {
        if (result.kind === "refused") return done(result);
        const first = result.kind === "appended" ? result.first : 0;
        for (const { identity } of entries) this.#numbering.mend(identity);
        const placed = written.map((record, at) => ({ position: first + at, record }));
        const isToldLater = this.told.isLater(this.#own(), placed);
        const positions = this.#positions(asked, written, first, before).map((position, at) =>
          isToldLater && asked[at]?.kind === "entry" ? null : position,
        );
        done({ kind: "written", journal: this.#own(), positions });
      },
    });
  }

  #stillNew(records: readonly JournalRecord[]): readonly JournalRecord[] {
    const named = new Set<string>();
    return records.filter((record) => {
      if (record.kind !== "entry") return true;
      if (named.has(record.identity) || this.index.find(record.identity) !== null) return false;
      named.add(record.identity);
      return true;
    });
  }

  #positions(
    asked: readonly JournalRecord[],
    written: readonly JournalRecord[],
    first: number,
    before: ReadonlySet<string>,
  ): readonly (number | null)[] {
    const places = new Map(written.map((record, at) => [record, first + at]));
    const named = new Set(written.map((record) => (record.kind === "entry" ? record.identity : null)));
    return asked.map((record) => {
      const place = places.get(record);
      if (place !== undefined) return place;
      if (record.kind !== "entry" || before.has(record.identity) || named.has(record.identity)) return null;
      return this.#numbering.placeOf(record.identity)?.position ?? null;
    });
  }

  #own(): JournalName {
    return journalName(this.#ports.region, this.#incarnation);
  }

  #taken(segment: Segment): void {
    this.#index(segment);
    this.told.taken(segment);
  }

  #index(segment: Segment): void {
    const { journal } = segment;
    for (const placed of segment.records) {
      if (placed.position <= (this.index.vector()[journal] ?? 0)) continue;
      this.index.take(journal, placed);
      this.#hold(journal, placed.record);
      if (placed.record.kind === "pruned") this.#forget(placed.record.journal, placed.record.position);
    }
    this.index.passTo(journal, segment.to);
  }

  /** Payloads are held for as long as an entry is likely to be sent soon. */
  #hold(journal: JournalName, record: JournalRecord): void {
    if (record.kind === "entry" && !isLight(record)) {
      if (this.index.isOpen(record.identity)) this.payloads.keep(journal, record);
    } else if (record.kind === "settlement") {
      for (const { journal: of } of this.index.placesOf(record.identity)) this.payloads.drop(of, record.identity);
    }
  }

  /** Who wrote the entries lets their items expire; what was left when the journal is opened, with a checkpoint. */
  #forget(journal: JournalName, position: number): void {
    const gone = this.index.takeForgotten();
    for (const one of gone) this.payloads.drop(one.journal, one.identity);
    if (this.#isOpening || journalParts(journal).region !== this.#ports.region || gone.length === 0) return;
    this.checkpointer.expire(
      journal,
      position,
      gone.filter((one) => one.journal === journal),
    );
  }
}
