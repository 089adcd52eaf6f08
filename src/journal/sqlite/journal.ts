import type { DatabaseSync } from "node:sqlite";
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
} from "../../core/ports.ts";
import type { EntryRecord, JournalName, JournalRecord, Vector } from "../../core/records.ts";
import { journalName, journalParts } from "../../core/records.ts";
import type { KnownSwitch } from "../../core/settlement.ts";
import type { Refusal } from "../../sqlite/commit-loop.ts";
import { openDatabase, openForReading } from "../../sqlite/database.ts";
import { GroupCommit } from "../../sqlite/group-commit.ts";
import { type FolderLock, lockFolder } from "../../sqlite/lock.ts";
import { rows } from "../../sqlite/query.ts";
import { encode } from "./codec.ts";
import { loadStates } from "./connectors.ts";
import { type Answer, type Changes, type Command, type ConnectorState, emptyTally } from "./messages.ts";
import { JournalReader } from "./reader.ts";
import { journalForm } from "./schema.ts";

export interface SqliteJournalOptions {
  /** State folder of the region; made where it is missing, readable by the owner alone. */
  readonly folder: string;
  /** The region that writes here. */
  readonly region: string;
}

/**
 * The journals of one region in a SQLite file. Writes go to a worker that commits whatever waits as one transaction and
 * one sync; reads see committed records only.
 *
 * @throws FolderLockedError when another process has the folder, StateVersionError when another version wrote it
 */
export const openSqliteJournal = (options: SqliteJournalOptions): SqliteJournal => new SqliteJournal(options);

/** Records looked at in one turn of the event loop by `prunable`, and in all: more than come between two calls. */
const prunableSlice = 50;
const prunableMost = 200_000;

export class SqliteJournal implements Journal {
  readonly #region: string;
  readonly #lock: FolderLock;
  readonly #database: DatabaseSync;
  readonly #reader: JournalReader;
  readonly #commits: GroupCommit<Command, Answer, Changes>;
  readonly #states = new Map<string, ConnectorState>();
  readonly #named: Set<JournalName>;
  #incarnation = 0;

  constructor({ folder, region }: SqliteJournalOptions) {
    this.#region = region;
    this.#lock = lockFolder(folder);
    try {
      const form = journalForm(folder);
      const writer = openDatabase(form);
      for (const state of loadStates(writer)) this.#states.set(state.name, state);
      this.#named = new Set(rows<[journal: JournalName]>(writer, "SELECT journal FROM named")().map(([name]) => name));
      writer.close();
      this.#database = openForReading(form.path);
      this.#reader = new JournalReader(this.#database);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.#commits = new GroupCommit(new URL("./worker.ts", import.meta.url), folder, (changes) => this.#take(changes));
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get highestIncarnation(): number {
    const names = [...this.#states.values()].flatMap(({ vector }) => Object.keys(vector) as JournalName[]);
    return Math.max(0, ...[...names, ...this.#named].map((name) => this.#ownIncarnation(name)));
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
  }

  connectors(): readonly string[] {
    return [...this.#states.keys()];
  }

  vector(connector: string): Vector {
    return this.#states.get(connector)?.vector ?? {};
  }

  pruned(connector: string): Vector {
    return this.#states.get(connector)?.pruned ?? {};
  }

  switches(connector: string): readonly KnownSwitch[] {
    return this.#states.get(connector)?.switches ?? [];
  }

  cursor(connector: string, source: string): { readonly value: string; readonly epoch: number } | null {
    return this.#states.get(connector)?.cursors[source] ?? null;
  }

  consumers(connector: string): Readonly<Record<string, Vector>> {
    return this.#states.get(connector)?.consumers ?? {};
  }

  ledger(connector: string): Ledger {
    const state = this.#states.get(connector);
    if (state === undefined) return { ...emptyTally(), oldestPendingAt: null };
    const reader = this.#reader;
    // Asked for with every accept, mostly for the counts alone.
    return {
      ...state.tally,
      get oldestPendingAt() {
        return state.tally.pending === 0 ? null : reader.oldestPendingAt(state);
      },
    };
  }

  accept(connector: string, entry: EntryRecord, done: Done<AcceptResult>): void {
    const journal = this.#own();
    this.#commits.submit({ do: "accept", connector, journal, row: encode(entry) }, (answer) => {
      if ("refused" in answer) return done(failure(answer));
      if (answer.is === "accepted") return done({ kind: "accepted", journal, position: answer.position });
      if (answer.is === "known") {
        const { journal: first, position, payload } = answer;
        return done({ kind: "known", journal: first, position, payload });
      }
      throw new Error(`An accept was answered with ${answer.is}`);
    });
  }

  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void {
    const journal = this.#own();
    this.#commits.submit({ do: "write", connector, journal, rows: records.map(encode) }, (answer) => {
      if ("refused" in answer) return done(failure(answer));
      if (answer.is !== "written") throw new Error(`A write was answered with ${answer.is}`);
      done({ kind: "written", journal, positions: answer.positions });
    });
  }

  apply(
    { connector, journal, from, to, records: placed }: Segment,
    done: Done<{ readonly kind: "applied" } | StoreFailure>,
  ): void {
    const known = this.vector(connector)[journal] ?? 0;
    if (this.#incarnation !== 0 && journal === this.#own() && to > known) {
      return done({ kind: "refused", reason: "failed", detail: `${journal} is written here and by nobody else` });
    }
    const records = placed.map(({ record }) => record);
    const named = this.#newlyNamed(records);
    const positions = placed.map(({ position }) => position);
    const command: Command = { do: "apply", connector, journal, from, to, rows: records.map(encode), positions, named };
    this.#commits.submit(command, (answer) => {
      if ("refused" in answer) return done(failure(answer));
      for (const name of named) this.#named.add(name);
      done({ kind: "applied" });
    });
  }

  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void {
    const state = this.#states.get(connector);
    if (state === undefined) return done({ connector, journal, from: above, to: above, records: [] });
    done(this.#reader.segment(state, journal, above, limit));
  }

  open(connector: string, query: OpenQuery, done: Done<readonly OpenEntry[]>): void {
    const state = this.#states.get(connector);
    done(state === undefined ? [] : this.#reader.open(state, query));
  }

  offers(connector: string, above: Vector, limit: number, done: Done<OfferPage>): void {
    const state = this.#states.get(connector);
    if (state === undefined) return done({ offers: [], upTo: above, more: false });
    done(this.#reader.feed.offers(state, above, limit));
  }

  unread(connector: string, above: Vector): Unread {
    const state = this.#states.get(connector);
    return state === undefined ? { entries: 0, oldestAt: null } : this.#reader.feed.unread(state, above);
  }

  placesBefore(connector: string, time: number, done: Done<Vector>): void {
    const state = this.#states.get(connector);
    done(state === undefined ? {} : this.#reader.feed.placesBefore(state, time));
  }

  anyOpen(connector: string, upTo: Vector, key: string | null, done: Done<boolean>): void {
    const state = this.#states.get(connector);
    done(state !== undefined && this.#reader.anyOpen(state, upTo, key));
  }

  series(connector: string, query: SeriesQuery, done: Done<SeriesView>): void {
    const state = this.#states.get(connector);
    done(state === undefined ? { below: [], above: [], open: [] } : this.#reader.series.view(state, query));
  }

  troubledKeys(connector: string, done: Done<readonly string[]>): void {
    const state = this.#states.get(connector);
    done(state === undefined ? [] : this.#reader.troubledKeys(state));
  }

  lastDeliveredAt(connector: string, site: string, done: Done<number | null>): void {
    const state = this.#states.get(connector);
    done(state === undefined ? null : this.#reader.lastDeliveredAt(state, site));
  }

  report(connector: string, identity: string, done: Done<IdentityReport | null>): void {
    this.#commits.submit({ do: "find", connector, identity }, (answer) => {
      const state = this.#states.get(connector);
      const anchor = "is" in answer && answer.is === "found" ? answer.anchor : null;
      done(state === undefined || anchor === null ? null : this.#reader.report(state, anchor));
    });
  }

  list(query: ListQuery, done: Done<readonly IdentityReport[]>): void {
    const found: IdentityReport[] = [];
    for (const [name, state] of this.#states) {
      if (query.connector !== undefined && query.connector !== name) continue;
      found.push(...this.#reader.list(state, { ...query, limit: query.limit - found.length }));
    }
    done(found);
  }

  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void {
    const start = this.pruned(connector)[journal] ?? 0;
    const look = (from: number): void => {
      const state = this.#states.get(connector);
      const last = Math.min(state?.vector[journal] ?? 0, start + prunableMost);
      for (let position = from; position < from + prunableSlice; position += 1) {
        if (state === undefined || position > last) return done(position - 1);
        if (!this.#reader.isSettledBefore(state, journal, position, settledBefore)) return done(position - 1);
      }
      setImmediate(() => look(from + prunableSlice));
    };
    look(start + 1);
  }

  drop(connector: string, done: Done<void>): void {
    this.#commits.submit({ do: "drop", connector }, () => done());
  }

  /**
   * Largest size of the file in bytes; above it writes are refused as `full`. Not below what the file uses already, and
   * forgotten when the journal is closed. Default: what the device holds.
   */
  limit(bytes: number, done: () => void): void {
    this.#commits.submit({ do: "limit", bytes }, done);
  }

  /** Answers what was asked, then lets the folder go. */
  async close(): Promise<void> {
    await this.#commits.close();
    this.#release();
  }

  /** Lets go at once and answers nothing more, as when the process dies. */
  async kill(): Promise<void> {
    await this.#commits.kill();
    this.#release();
  }

  #release(): void {
    this.#database.close();
    this.#lock.release();
  }

  #own(): JournalName {
    if (this.#incarnation === 0) throw new Error("The journal has no incarnation yet: call begin first");
    return journalName(this.#region, this.#incarnation);
  }

  #ownIncarnation(name: JournalName): number {
    const { region, incarnation } = journalParts(name);
    return region === this.#region ? incarnation : 0;
  }

  /** Journals of this region that another region knows of: a new incarnation must not repeat their names. */
  #newlyNamed(records: readonly JournalRecord[]): readonly JournalName[] {
    const named = records.flatMap((record) => {
      if (record.kind === "entry") return Object.keys(record.after) as JournalName[];
      if (record.kind === "consumer") return Object.keys(record.vector) as JournalName[];
      return record.kind === "pruned" ? [record.journal] : [];
    });
    return [...new Set(named)].filter((name) => this.#ownIncarnation(name) > 0 && !this.#named.has(name));
  }

  #take({ connectors, dropped }: Changes): void {
    for (const name of dropped) this.#states.delete(name);
    for (const state of connectors) this.#states.set(state.name, state);
  }
}

const failure = ({ refused, detail }: Refusal): StoreFailure => ({ kind: "refused", reason: refused, detail });
