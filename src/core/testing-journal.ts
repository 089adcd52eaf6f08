import { isWithin } from "./feed-offers.ts";
import {
  type JournalInMemory,
  type Offered,
  offersInMemory,
  placesBeforeInMemory,
  unreadInMemory,
} from "./memory-offers.ts";
import type {
  AcceptResult,
  Done,
  IdentityReport,
  Journal,
  Ledger,
  OfferPage,
  OpenEntry,
  OpenQuery,
  Place,
  PositionedRecord,
  Segment,
  SeriesQuery,
  SeriesView,
  StoreFailure,
  Unread,
  WriteResult,
} from "./ports.ts";
import {
  type EntryRecord,
  type JournalName,
  type JournalRecord,
  journalName,
  type SettlementRecord,
  type Vector,
} from "./records.ts";
import { type EntryState, type KnownSwitch, stateOf } from "./settlement.ts";
import { Gate } from "./testing.ts";
import { joined, positionOf } from "./vector.ts";

const nothingLost: StoreFailure = { kind: "refused", reason: "full", detail: "no space is left" };

/** Journals of a region in memory. Reads look when they are asked and answer through their gate; writes come true there. */
export class TestJournal implements Journal {
  readonly reads = new Gate();
  readonly writes = new Gate();
  full = false;
  incarnation = 1;
  readonly #region: string;
  readonly #records = new Map<string, Map<JournalName, PositionedRecord[]>>();

  constructor(region: string) {
    this.#region = region;
  }

  get highestIncarnation(): number {
    return this.incarnation;
  }

  begin(incarnation: number): void {
    this.incarnation = incarnation;
  }

  /** Records of any journal, as they came from there. */
  put(connector: string, journal: JournalName, ...records: readonly JournalRecord[]): void {
    for (const record of records) this.#append(connector, journal, record);
  }

  /** All records of a connector of one kind. */
  all<K extends JournalRecord["kind"]>(connector: string, kind: K): Extract<JournalRecord, { kind: K }>[] {
    const isOfKind = (record: JournalRecord): record is Extract<JournalRecord, { kind: K }> => record.kind === kind;
    return this.#everything(connector).flatMap(({ record }) => (isOfKind(record) ? [record] : []));
  }

  connectors(): readonly string[] {
    return [...this.#records.keys()];
  }

  vector(connector: string): Vector {
    const journals = [...(this.#records.get(connector) ?? [])];
    return Object.fromEntries(journals.map(([name, records]) => [name, records.at(-1)?.position ?? 0]));
  }

  pruned(connector: string): Vector {
    const vector: Record<JournalName, number> = {};
    for (const { journal, position } of this.all(connector, "pruned")) vector[journal] = position;
    return vector;
  }

  switches(connector: string): readonly KnownSwitch[] {
    return this.#everything(connector).flatMap(({ record, journal }) =>
      record.kind === "switch" ? [{ ...record, journal }] : [],
    );
  }

  cursor(connector: string, source: string): { readonly value: string; readonly epoch: number } | null {
    const known = this.all(connector, "cursor").filter((record) => record.source === source);
    const highest = Math.max(...known.map(({ epoch }) => epoch));
    return known.findLast(({ epoch }) => epoch === highest) ?? null;
  }

  consumers(connector: string): Readonly<Record<string, Vector>> {
    const all: Record<string, Vector> = {};
    for (const { name, vector } of this.all(connector, "consumer")) all[name] = joined(all[name] ?? {}, vector);
    return all;
  }

  offers(connector: string, above: Vector, limit: number, done: Done<OfferPage>): void {
    const answer = offersInMemory(this.#inMemory(connector), above, limit, (identity) =>
      this.#offered(connector, identity),
    );
    this.reads.pass(() => done(answer));
  }

  unread(connector: string, above: Vector): Unread {
    return unreadInMemory(this.#inMemory(connector), above);
  }

  placesBefore(connector: string, time: number, done: Done<Vector>): void {
    done(placesBeforeInMemory(this.#inMemory(connector), time));
  }

  ledger(connector: string): Ledger {
    const open = this.#entries(connector).filter(({ identity }) => this.#state(connector, identity).kind === "open");
    const byOutcome = {
      delivered: 0,
      superseded: 0,
      ignored: 0,
      expired: 0,
      discarded: 0,
      faulted: 0,
      unknown: 0,
    };
    return {
      accepted: this.#entries(connector).length,
      pending: open.length,
      byOutcome,
      conflicts: this.all(connector, "conflict").length,
      pendingBytes: open.reduce((sum, { payload }) => sum + payload.length, 0),
      oldestPendingAt: open[0]?.acceptedAt ?? null,
    };
  }

  accept(connector: string, entry: EntryRecord, done: Done<AcceptResult>): void {
    this.writes.pass(() => {
      const first = this.#entries(connector).find(({ identity }) => identity === entry.identity);
      if (this.full) return done(nothingLost);
      if (first !== undefined) {
        const { journal, position, payload } = first;
        return done({ kind: "known", journal, position, payload });
      }
      const journal = this.#own();
      done({ kind: "accepted", journal, position: this.#append(connector, journal, entry) });
    });
  }

  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void {
    this.writes.pass(() => {
      if (this.full) return done(nothingLost);
      const journal = this.#own();
      const positions = records.map((record) => {
        const known =
          record.kind === "entry" && this.#entries(connector).some((one) => one.identity === record.identity);
        return known ? null : this.#append(connector, journal, record);
      });
      done({ kind: "written", journal, positions });
    });
  }

  apply({ connector, journal, records }: Segment, done: Done<{ readonly kind: "applied" }>): void {
    this.put(connector, journal, ...records.map(({ record }) => record));
    done({ kind: "applied" });
  }

  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void {
    const all = this.#records.get(connector)?.get(journal) ?? [];
    const records = all.filter(({ position }) => position > above).slice(0, limit);
    done({ connector, journal, from: above, to: records.at(-1)?.position ?? above, records });
  }

  open(connector: string, { journals, above, upTo, key, limit }: OpenQuery, done: Done<readonly OpenEntry[]>): void {
    const found = journals.flatMap((name) =>
      this.#entries(connector)
        .filter((entry) => entry.journal === name && entry.position > positionOf(above, name))
        .filter((entry) => upTo === undefined || isWithin(entry, upTo))
        .filter((entry) => key === undefined || entry.key === key)
        .flatMap((entry) => {
          const { kind, round } = this.#state(connector, entry.identity);
          return kind === "open" ? [{ ...entry, round }] : [];
        }),
    );
    const answer = found.slice(0, limit);
    this.reads.pass(() => done(answer));
  }

  anyOpen(connector: string, upTo: Vector, key: string | null, done: Done<boolean>): void {
    const any = this.#entries(connector).some(
      (entry) =>
        entry.position <= positionOf(upTo, entry.journal) &&
        (key === null || entry.key === key) &&
        this.#state(connector, entry.identity).kind === "open",
    );
    this.reads.pass(() => done(any));
  }

  series(connector: string, { series, number, key, limit }: SeriesQuery, done: Done<SeriesView>): void {
    const all = this.#entries(connector)
      .flatMap(({ sequence, ...entry }) => {
        const open = this.#state(connector, entry.identity).kind === "open";
        return sequence?.of === series ? [{ ...entry, number: sequence.number, open }] : [];
      })
      .sort((one, other) => one.number - other.number);
    const below = all.filter((one) => one.number < number);
    const view = {
      below: below.toReversed().slice(0, limit),
      above: all.filter((one) => one.number > number).slice(0, limit),
      open: below.filter((one) => one.open && one.key === key).slice(0, limit),
    };
    this.reads.pass(() => done(view));
  }

  troubledKeys(connector: string, done: Done<readonly string[]>): void {
    const keys = this.#entries(connector).flatMap(({ identity, key }) => {
      const state = this.#state(connector, identity);
      const troubled = state.kind === "settled" && ["faulted", "unknown"].includes(state.settlement.outcome);
      return troubled && key !== null ? [key] : [];
    });
    this.reads.pass(() => done(keys));
  }

  lastDeliveredAt(connector: string, site: string, done: Done<number | null>): void {
    const times = this.all(connector, "settlement").flatMap((one) => (one.site === site ? [one.time] : []));
    done(times.length === 0 ? null : Math.max(...times));
  }

  report(connector: string, identity: string, done: Done<IdentityReport | null>): void {
    const entries = this.#entries(connector).filter((entry) => entry.identity === identity);
    const [first] = entries;
    if (first === undefined) return done(null);
    const state = this.#state(connector, identity);
    const outcome = state.kind === "settled" ? state.settlement.outcome : null;
    const settlements = this.#settlements(connector, identity);
    const resubmissions = this.#resubmissions(connector, identity);
    const { payload } = first;
    done({ connector, identity, round: state.round, outcome, entries, settlements, resubmissions, payload });
  }

  list(_query: unknown, done: Done<readonly IdentityReport[]>): void {
    done([]);
  }

  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void {
    const kept = this.#entries(connector).find((entry) => {
      const state = this.#state(connector, entry.identity);
      return entry.journal === journal && (state.kind === "open" || state.settlement.time >= settledBefore);
    });
    done(kept === undefined ? positionOf(this.vector(connector), journal) : kept.position - 1);
  }

  drop(connector: string, done: Done<void>): void {
    this.#records.delete(connector);
    done();
  }

  #own(): JournalName {
    return journalName(this.#region, this.incarnation);
  }

  #append(connector: string, journal: JournalName, record: JournalRecord): number {
    const journals = this.#records.get(connector) ?? new Map<JournalName, PositionedRecord[]>();
    const records = journals.get(journal) ?? [];
    const position = records.length + 1;
    this.#records.set(connector, journals);
    journals.set(journal, [...records, { position, record }]);
    return position;
  }

  #everything(connector: string): (PositionedRecord & { readonly journal: JournalName })[] {
    return [...(this.#records.get(connector) ?? [])].flatMap(([journal, records]) =>
      records.map((each) => ({ ...each, journal })),
    );
  }

  #entries(connector: string): OpenEntry[] {
    return this.#everything(connector).flatMap(({ journal, position, record }) =>
      record.kind === "entry" ? [{ ...record, journal, position, round: 0 }] : [],
    );
  }

  #inMemory(connector: string): JournalInMemory[] {
    return [...(this.#records.get(connector) ?? [])].map(([name, records]) => ({
      name,
      records,
      last: records.at(-1)?.position ?? 0,
      pruned: positionOf(this.pruned(connector), name),
    }));
  }

  #offered(connector: string, identity: string): Offered | null {
    const entries = this.#entries(connector).filter((entry) => entry.identity === identity);
    const [first] = entries;
    if (first === undefined) return null;
    const state = this.#state(connector, identity);
    const outcome = state.kind === "settled" ? state.settlement.outcome : null;
    const resubmissions = this.#resubmissions(connector, identity);
    return { entry: { ...first, round: state.round }, outcome, entries, resubmissions };
  }

  #resubmissions(connector: string, identity: string): (Place & { readonly round: number })[] {
    return this.#everything(connector).flatMap(({ journal, position, record }) =>
      record.kind === "resubmit" && record.identity === identity ? [{ journal, position, round: record.round }] : [],
    );
  }

  #settlements(connector: string, identity: string): SettlementRecord[] {
    return this.all(connector, "settlement").filter((one) => one.identity === identity);
  }

  #state(connector: string, identity: string): EntryState {
    const rounds = this.#resubmissions(connector, identity).map(({ round }) => round);
    return stateOf(Math.max(0, ...rounds), this.#settlements(connector, identity), this.switches(connector));
  }
}
