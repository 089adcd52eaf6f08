import type { Item, ItemKey, Table, Written } from "../../aws/dynamo/table.ts";
import type {
  AcceptResult,
  Clock,
  Done,
  PositionedRecord,
  Random,
  Segment,
  StoreFailure,
  WriteResult,
} from "../../core/ports.ts";
import {
  type EntryRecord,
  type JournalName,
  type JournalRecord,
  journalName,
  journalParts,
} from "../../core/records.ts";
import { ConnectorIndex } from "../index/connector-index.ts";
import { type PutEntry, putEach, putEntry, type ReplicaTables } from "./entries.ts";
import { InOrder } from "./in-order.ts";
import { conflictIn, entryIn, entryKey, journalsOfRegion } from "./items.ts";
import { PageLog } from "./log.ts";

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
}

const recordsPerPage = 300;
const inboxAtOnce = 200;
const mostInbox = 100_000;

/** The journals of one connector: what the table holds, and the index of it in memory. */
export class ConnectorStore {
  readonly index: ConnectorIndex;
  readonly #ports: StorePorts;
  readonly #log: PageLog;
  #incarnation = 0;
  #fresh: Segment[] = [];
  #foreign: Segment[] = [];
  readonly #removing = new Set<string>();
  /** What is asked for is numbered in the order in which it was asked for. */
  readonly #order = new InOrder();
  /** Who else asks for an identity while it is accepted. */
  readonly #accepting = new Map<string, (() => void)[]>();
  /** Who wrote these knows of them. */
  readonly #askedFor = new WeakSet<JournalRecord>();

  constructor(connector: string, ports: StorePorts) {
    this.index = new ConnectorIndex(connector);
    this.#ports = ports;
    const { region, table, clock, random, giveUpAfterMs } = ports;
    this.#log = new PageLog(connector, region, {
      table,
      clock,
      random,
      giveUpAfterMs,
      taken: (segment) => this.#taken(segment),
      pruned: (journal) => this.index.journals.get(journal)?.pruned ?? 0,
    });
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
    this.#log.begin(incarnation);
  }

  /** Reads all that is here. `done(false)`: the table did not answer. */
  open(done: Done<boolean>): void {
    this.#eachRegion(
      (region, next) => this.readOf(region, next),
      (well) => {
        this.#fresh = [];
        this.#foreign = [];
        done(well);
      },
    );
  }

  /** Reads what is new in the journals of a region. `done(false)`: the table did not answer. */
  readOf(region: string, done: Done<boolean>): void {
    this.#ports.table.query({ pk: journalsOfRegion(region), limit: 100, consistent: true }, (read) => {
      if (read.kind === "failed") return done(false);
      const names = read.items.map(({ sk }) => journalName(region, Number(sk)));
      const next = (at: number): void => {
        const journal = names[at];
        if (journal === undefined) return done(true);
        this.#log.readOn(journal, (well) => (well ? next(at + 1) : done(false)));
      };
      next(0);
    });
  }

  /** What was read of the region's own journals, written by other processes, since this was asked last. */
  takeFresh(): readonly Segment[] {
    return this.#fresh.splice(0);
  }

  /** What was read of other regions' journals since this was asked last. */
  takeForeign(): readonly Segment[] {
    return this.#foreign.splice(0);
  }

  accept(entry: EntryRecord, done: Done<AcceptResult>): void {
    const known = this.index.find(entry.identity);
    if (known !== null) {
      const { journal, position, record } = known;
      return done({ kind: "known", journal, position, payload: record.payload });
    }
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
      return done({ kind: "known", ...result.place, payload: result.payload });
    }
    const isNew = result.kind === "put";
    const stands = isNew ? entry : (entryIn(result.item) ?? entry);
    if (isNew) this.#askedFor.add(entry);
    const number = (): void => this.#number([stands], (failure) => this.#numbered(stands, isNew, failure, done));
    if (isNew || !result.isForeign) return number();
    // A page of this region names items of this region only: readers wait for them.
    this.#putOwn([stands], (refusal) => (refusal === null ? number() : done(refusal)));
  }

  #numbered(entry: EntryRecord, isNew: boolean, failure: StoreFailure | null, done: Done<AcceptResult>): void {
    if (failure !== null) return done(failure);
    const place = this.index.find(entry.identity);
    if (place === null) return done({ kind: "refused", reason: "failed", detail: "it was removed meanwhile" });
    const { journal, position } = place;
    if (isNew && !this.#isToldLater(journal, [{ position, record: entry }]))
      done({ kind: "accepted", journal, position });
    else done({ kind: "known", journal, position, payload: entry.payload });
  }

  write(records: readonly JournalRecord[], done: Done<WriteResult>): void {
    for (const record of records) this.#askedFor.add(record);
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

  /**
   * Numbers what waits in the region's inbox, and mends what a process left between two writes. `done(null)`: the table
   * did not answer.
   *
   * @param done how many entries got their number
   */
  sequence(done: Done<number | null>): void {
    const { region, table } = this.#ports;
    table.inbox(region, inboxAtOnce, (read) => {
      if (read.kind === "failed") return done(null);
      const keys = read.items.map(({ pk, sk }) => ({ pk, sk }));
      if (keys.length === 0) return done(0);
      table.get(keys, true, (got) => {
        if (got.kind === "failed") return done(null);
        const items = got.items.filter((item) => item !== null && item.attributes.inbox === region);
        const waiting = items.flatMap(entriesIn);
        const numbered = waiting.filter(({ identity }) => this.#ownPlace(identity) !== null);
        for (const { identity } of numbered) this.#mend(identity);
        const unnumbered = waiting.filter(({ identity }) => this.#ownPlace(identity) === null);
        this.#listConflicts(items);
        this.#number(unnumbered, (failure) => {
          if (failure !== null) return done(null);
          if (read.more && unnumbered.length > 0) {
            return this.sequence((more) => done(more === null ? null : more + unnumbered.length));
          }
          done(unnumbered.length);
        });
      });
    });
  }

  /** Conflicts that were found without the journals at hand become records; then their items are gone. */
  #listConflicts(items: readonly (Item | null)[]): void {
    const found = items.flatMap((item) => {
      const conflict = item === null ? null : conflictIn(item);
      return item === null || conflict === null ? [] : [{ item, conflict }];
    });
    if (found.length === 0) return;
    this.#log.append({
      records: () => {
        const left = found.map(({ conflict }) => conflict).filter((conflict) => !this.index.hasConflict(conflict));
        return left.length === 0 ? null : left;
      },
      done: ({ kind }) => {
        if (kind === "refused") return;
        for (const { item } of found) this.#ports.table.remove(item, () => undefined);
      },
    });
  }

  /** Entries of a lost region that it had not numbered become entries of this one: nobody else numbers them now. */
  rescue(lost: string, done: Done<number | null>): void {
    this.#rescueSome(lost, inboxAtOnce, done);
  }

  /** Nobody but the lost region takes anything out of its inbox: what is behind what was rescued is asked for with it. */
  #rescueSome(lost: string, limit: number, done: Done<number | null>): void {
    this.#ports.table.inbox(lost, limit, (read) => {
      if (read.kind === "failed") return done(null);
      const keys = read.items.map(({ pk, sk }) => ({ pk, sk }));
      if (keys.length === 0) return done(0);
      this.#takeOver(keys, (rescued) => {
        if (rescued === null || !read.more || limit > mostInbox) return done(rescued);
        this.#rescueSome(lost, limit * 2, (more) => done(more === null ? null : more + rescued));
      });
    });
  }

  #takeOver(keys: readonly ItemKey[], done: Done<number | null>): void {
    this.#ports.table.get(keys, false, (got) => {
      if (got.kind === "failed") return done(null);
      const unknown = got.items.flatMap(entriesIn).filter(({ identity }) => this.index.find(identity) === null);
      if (unknown.length === 0) return done(0);
      this.#putOwn(unknown, (refusal) => {
        if (refusal !== null) return done(null);
        this.#number(unknown, (failure) => done(failure === null ? unknown.length : null));
      });
    });
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

  #ownPlace(identity: string): { readonly journal: JournalName; readonly position: number } | null {
    const { region } = this.#ports;
    const places = this.index.placesOf(identity);
    return places.find(({ journal }) => journalParts(journal).region === region) ?? null;
  }

  /** Names entries, whose items stand, in a page. */
  #number(entries: readonly EntryRecord[], done: Done<StoreFailure | null>): void {
    const chunk = entries.slice(0, recordsPerPage);
    if (chunk.length === 0) return done(null);
    this.#log.append({
      records: () => {
        const left = chunk.filter(({ identity }) => this.#ownPlace(identity) === null);
        return left.length === 0 ? null : left;
      },
      done: (result) => {
        if (result.kind === "refused") return done(result);
        for (const { identity } of chunk) this.#mend(identity);
        this.#number(entries.slice(recordsPerPage), done);
      },
    });
  }

  /** The entry's item learns its number and leaves the inbox; where this is not done, the next sequencer does it. */
  #mend(identity: string): void {
    const place = this.#ownPlace(identity);
    if (place === null) return;
    const change = { set: { journal: place.journal, position: place.position }, remove: ["inbox"] };
    this.#ports.table.update(entryKey(this.#ports.region, identity), change, { kind: "present" }, () => {});
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

  /** Whatever other regions have of them. */
  #putOwn(entries: readonly EntryRecord[], done: Done<StoreFailure | null>): void {
    const { region } = this.#ports;
    putEach({ ...this.#ports, regions: [region], replicas: null }, entries, () => {}, done);
  }

  /** Long batches of entries go ahead in pages of their own: what is said of them comes after. */
  #writeAll(records: readonly JournalRecord[], asked: readonly JournalRecord[], done: Done<WriteResult>): void {
    const entries = records.flatMap((record) => (record.kind === "entry" ? [record] : []));
    if (entries.length > recordsPerPage) {
      return this.#number(entries.slice(0, recordsPerPage), (failure) => {
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
        for (const { identity } of entries) this.#mend(identity);
        const placed = written.map((record, at) => ({ position: first + at, record }));
        const isToldLater = this.#isToldLater(this.#own(), placed);
        const positions = this.#positions(asked, written, first, before).map((position, at) =>
          isToldLater && asked[at]?.kind === "entry" ? null : position,
        );
        done({ kind: "written", journal: this.#own(), positions });
      },
    });
  }

  /** Where other entries stand before these, and are yet to be told of: then these are told of after them. */
  #isToldLater(journal: JournalName, placed: readonly PositionedRecord[]): boolean {
    const entries = placed.filter(({ record }) => record.kind === "entry");
    const [first] = entries;
    const isBehind = this.#fresh.some(({ records }) => records.some(({ record }) => record.kind === "entry"));
    if (first === undefined || !isBehind) return false;
    const { connector } = this.index;
    const to = entries.at(-1)?.position ?? first.position;
    this.#fresh.push({ connector, journal, from: first.position - 1, to, records: entries });
    return true;
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
      return this.#ownPlace(record.identity)?.position ?? null;
    });
  }

  #own(): JournalName {
    return journalName(this.#ports.region, this.#incarnation);
  }

  #taken(segment: Segment): void {
    this.#index(segment);
    const isOwn = journalParts(segment.journal).region === this.#ports.region;
    const records = segment.records.filter(({ record }) => !this.#askedFor.has(record));
    if (records.length > 0) (isOwn ? this.#fresh : this.#foreign).push({ ...segment, records });
  }

  #index(segment: Segment): void {
    for (const placed of segment.records) {
      if (placed.position <= (this.index.vector()[segment.journal] ?? 0)) continue;
      this.index.take(segment.journal, placed);
      if (placed.record.kind === "pruned") this.#forget(placed.record.journal, placed.record.position);
    }
    this.index.passTo(segment.journal, segment.to);
  }

  /** Who wrote the entries removes their items; first it says so, for who still reads the pages. */
  #forget(journal: JournalName, position: number): void {
    const { region, table } = this.#ports;
    const gone = this.index.takeForgotten();
    if (journalParts(journal).region !== region || gone.length === 0 || this.#removing.has(journal)) return;
    this.#removing.add(journal);
    this.#log.noteStart(journal, position, (noted) => {
      this.#removing.delete(journal);
      if (!noted) return;
      for (const identity of gone) table.remove(entryKey(region, identity), (_: Written) => {});
    });
  }
}

const entriesIn = (item: Item | null): readonly EntryRecord[] => {
  const entry = item === null ? null : entryIn(item);
  return entry === null ? [] : [entry];
};
