import type {
  AcceptResult,
  Done,
  IdentityReport,
  Journal,
  Ledger,
  ListQuery,
  OfferPage,
  OpenEntry,
  OpenQuery,
  Segment,
  SeriesQuery,
  SeriesView,
  StoreFailure,
  Unread,
  WriteResult,
} from "../core/ports.ts";
import { type EntryRecord, type JournalName, type JournalRecord, journalName, type Vector } from "../core/records.ts";
import type { KnownSwitch } from "../core/settlement.ts";
import type { MemoryDisk } from "./memory-disk.ts";

/** Runs something a little later, as a disk does; nothing of it happens once the process is gone. */
export type Later = (run: () => void) => void;

const full: StoreFailure = { kind: "refused", reason: "full", detail: "no space left on the disk" };

/** The journal port over a disk that commits in groups, after a delay: what was not committed a crash takes. */
export class MemoryJournal implements Journal {
  readonly #region: string;
  readonly #disk: MemoryDisk;
  readonly #commit: Later;
  readonly #read: Later;
  #waiting: (() => () => void)[] = [];
  #writing = false;
  #incarnation = 0;

  /**
   * @param commit waits as long as one synced write takes
   * @param read waits as long as a read takes; may run at once
   */
  constructor(region: string, disk: MemoryDisk, commit: Later, read: Later) {
    this.#region = region;
    this.#disk = disk;
    this.#commit = commit;
    this.#read = read;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get highestIncarnation(): number {
    return this.#disk.highestIncarnation(this.#region);
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
  }

  connectors(): readonly string[] {
    return [...this.#disk.files.keys()];
  }

  vector(connector: string): Vector {
    return this.#disk.files.get(connector)?.vector() ?? {};
  }

  pruned(connector: string): Vector {
    const journals = this.#disk.files.get(connector)?.journals ?? new Map();
    return Object.fromEntries(
      [...journals].filter(([, file]) => file.pruned > 0).map(([name, file]) => [name, file.pruned]),
    );
  }

  switches(connector: string): readonly KnownSwitch[] {
    return this.#disk.files.get(connector)?.switches ?? [];
  }

  cursor(connector: string, source: string): { readonly value: string; readonly epoch: number } | null {
    return this.#disk.files.get(connector)?.cursor(source) ?? null;
  }

  consumers(connector: string): Readonly<Record<string, Vector>> {
    return this.#disk.files.get(connector)?.consumers() ?? {};
  }

  offers(connector: string, above: Vector, limit: number, done: Done<OfferPage>): void {
    this.#read(() => done(this.#disk.file(connector).offers(above, limit)));
  }

  unread(connector: string, above: Vector): Unread {
    return this.#disk.file(connector).unread(above);
  }

  placesBefore(connector: string, time: number, done: Done<Vector>): void {
    this.#read(() => done(this.#disk.file(connector).placesBefore(time)));
  }

  ledger(connector: string): Ledger {
    return this.#disk.file(connector).ledger();
  }

  accept(connector: string, entry: EntryRecord, done: Done<AcceptResult>): void {
    this.#write(done, () => {
      const file = this.#disk.file(connector);
      const first = file.find(entry.identity);
      if (first !== null) {
        const { journal, position, record } = first;
        return { kind: "known", journal, position, payload: record.payload };
      }
      const journal = this.#own();
      return { kind: "accepted", journal, position: file.append(journal, entry) };
    });
  }

  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void {
    this.#write(done, () => this.#disk.write(connector, this.#own(), records));
  }

  apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void {
    this.#write(done, () => {
      const file = this.#disk.file(segment.connector);
      const held = file.vector()[segment.journal] ?? 0;
      if (segment.from > held) {
        return {
          kind: "refused",
          reason: "failed",
          detail: `${segment.journal} is held to ${held}, not ${segment.from}`,
        };
      }
      for (const placed of segment.records) {
        if (placed.position > (file.vector()[segment.journal] ?? 0)) file.take(segment.journal, placed);
      }
      file.passTo(segment.journal, segment.to);
      return { kind: "applied" };
    });
  }

  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void {
    this.#read(() => done(this.#disk.file(connector).read(journal, above, limit)));
  }

  open(connector: string, query: OpenQuery, done: Done<readonly OpenEntry[]>): void {
    this.#read(() => done(this.#disk.file(connector).open(query)));
  }

  anyOpen(connector: string, upTo: Vector, key: string | null, done: Done<boolean>): void {
    this.#read(() => done(this.#disk.file(connector).anyOpen(upTo, key)));
  }

  series(connector: string, query: SeriesQuery, done: Done<SeriesView>): void {
    this.#read(() => done(this.#disk.file(connector).series(query)));
  }

  troubledKeys(connector: string, done: Done<readonly string[]>): void {
    this.#read(() => done(this.#disk.file(connector).troubledKeys()));
  }

  lastDeliveredAt(connector: string, site: string, done: Done<number | null>): void {
    this.#read(() => done(this.#disk.file(connector).lastDeliveredAt(site)));
  }

  report(connector: string, identity: string, done: Done<IdentityReport | null>): void {
    this.#read(() => done(this.#disk.file(connector).report(identity)));
  }

  list(query: ListQuery, done: Done<readonly IdentityReport[]>): void {
    this.#read(() => {
      const files = [...this.#disk.files.values()];
      const asked = files.filter((file) => query.connector === undefined || file.connector === query.connector);
      done(asked.flatMap((file) => file.list(query)).slice(0, query.limit));
    });
  }

  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void {
    this.#read(() => done(this.#disk.file(connector).prunable(journal, settledBefore)));
  }

  drop(connector: string, done: Done<void>): void {
    this.#waiting.push(() => {
      this.#disk.files.delete(connector);
      return () => done();
    });
    this.#commitNext();
  }

  #own(): JournalName {
    return journalName(this.#region, this.#incarnation);
  }

  #write<T>(done: Done<T | StoreFailure>, change: () => T | StoreFailure): void {
    this.#waiting.push(() => {
      const result = this.#disk.full ? full : change();
      return () => done(result);
    });
    this.#commitNext();
  }

  /** One group at a time: what comes while it is written waits for the next. */
  #commitNext(): void {
    if (this.#writing || this.#waiting.length === 0) return;
    this.#writing = true;
    const group = this.#waiting;
    this.#waiting = [];
    this.#commit(() => {
      const answers = group.map((change) => change());
      this.#writing = false;
      for (const answer of answers) answer();
      this.#commitNext();
    });
  }
}
