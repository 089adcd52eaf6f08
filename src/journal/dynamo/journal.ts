import type { Table } from "../../aws/dynamo/table.ts";
import type {
  AcceptResult,
  Clock,
  Done,
  IdentityReport,
  Journal,
  Ledger,
  ListQuery,
  OfferPage,
  OpenEntry,
  OpenQuery,
  Random,
  Segment,
  SeriesQuery,
  SeriesView,
  StoreFailure,
  Unread,
  WriteResult,
} from "../../core/ports.ts";
import {
  type EntryRecord,
  type JournalName,
  type JournalRecord,
  journalParts,
  type Vector,
} from "../../core/records.ts";
import type { KnownSwitch } from "../../core/settlement.ts";
import type { ConnectorIndex } from "../index/connector-index.ts";
import { ConnectorStore } from "./connector-store.ts";
import type { ReplicaTables } from "./entries.ts";

export interface DynamoJournalOptions {
  readonly region: string;
  /** All that may have written, this one included. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  /** How long a write is tried before it is refused, in milliseconds. Default 5,000. */
  readonly giveUpAfterMs?: number;
  /** An entry of a lost region is taken over when it has waited for so long. Milliseconds. Default 5,000. */
  readonly rescueAfterMs?: number;
  /** Pages after the last checkpoint that are worth a new one. Default 50. */
  readonly checkpointPages?: number;
  /** A connector's table in this region. */
  table(connector: string): Table;
  /** Set where a connector's entries must be in another region before they are here. */
  replicas?(connector: string): ReplicaTables | null;
}

/**
 * The port `Journal` on DynamoDB (protocol, "Stores"): immutable entries, numbered in gapless pages. What is asked is
 * answered from memory: an index of all that was read of the pages.
 */
export class DynamoJournal implements Journal {
  readonly #options: DynamoJournalOptions;
  readonly #stores = new Map<string, ConnectorStore>();
  #incarnation = 0;
  #recorded = 0;

  constructor(options: DynamoJournalOptions) {
    this.#options = options;
  }

  /** Reads what the table of a connector holds. `done(false)`: the table did not answer; to be asked again. */
  load(connector: string, done: Done<boolean>): void {
    this.store(connector).open(done);
  }

  /** The incarnation that the store of this region is in, as far as it is recorded. */
  recorded(incarnation: number): void {
    this.#recorded = incarnation;
  }

  open(connector: string, query: OpenQuery, done: Done<readonly OpenEntry[]>): void {
    const store = this.#stores.get(connector);
    if (store === undefined) done([]);
    else store.payloads.fill(store.index.open(query), done);
  }

  /** What stands behind a connector. */
  store(connector: string): ConnectorStore {
    let store = this.#stores.get(connector);
    if (store === undefined) {
      const { region, regions, clock, random, giveUpAfterMs = 5_000, checkpointPages = 50 } = this.#options;
      const { table, replicas, rescueAfterMs = 5_000 } = this.#options;
      const replicated = replicas?.(connector) ?? null;
      const place = { region, regions, clock, random, table: table(connector), replicas: replicated };
      const ports = { ...place, giveUpAfterMs, rescueAfterMs, checkpointPages };
      store = new ConnectorStore(connector, ports);
      store.begin(this.#incarnation);
      this.#stores.set(connector, store);
    }
    return store;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get highestIncarnation(): number {
    const { region } = this.#options;
    const named = [...this.#stores.values()].flatMap(({ index }) =>
      [...index.journals.keys()].map(journalParts).filter((parts) => parts.region === region),
    );
    return Math.max(this.#recorded, ...named.map((parts) => parts.incarnation));
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
    for (const store of this.#stores.values()) store.begin(incarnation);
  }

  connectors(): readonly string[] {
    return [...this.#stores].filter(([, { index }]) => index.journals.size > 0).map(([name]) => name);
  }

  vector(connector: string): Vector {
    return this.#index(connector)?.vector() ?? {};
  }

  pruned(connector: string): Vector {
    const journals = [...(this.#index(connector)?.journals ?? [])];
    return Object.fromEntries(
      journals.filter(([, { pruned }]) => pruned > 0).map(([name, { pruned }]) => [name, pruned]),
    );
  }

  switches(connector: string): readonly KnownSwitch[] {
    return this.#index(connector)?.switches ?? [];
  }

  cursor(connector: string, source: string): { readonly value: string; readonly epoch: number } | null {
    return this.#index(connector)?.cursor(source) ?? null;
  }

  consumers(connector: string): Readonly<Record<string, Vector>> {
    return this.#index(connector)?.consumers() ?? {};
  }

  ledger(connector: string): Ledger {
    return this.store(connector).index.ledger();
  }

  accept(connector: string, entry: EntryRecord, done: Done<AcceptResult>): void {
    this.store(connector).accepting.accept(entry, done);
  }

  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void {
    this.store(connector).batches.write(records, done);
  }

  apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void {
    this.store(segment.connector).apply(segment, done);
  }

  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void {
    const { index, payloads } = this.store(connector);
    const segment = index.read(journal, above, limit);
    const entries = segment.records.flatMap(({ record }) => (record.kind === "entry" ? [{ ...record, journal }] : []));
    payloads.look(entries, (found) => {
      const whole = found.values();
      const records = segment.records.map(({ position, record }) => {
        if (record.kind !== "entry") return { position, record };
        const { journal: _, ...entry } = whole.next().value ?? { ...record, journal };
        return { position, record: entry };
      });
      done({ ...segment, records });
    });
  }

  offers(connector: string, above: Vector, limit: number, done: Done<OfferPage>): void {
    const { index, payloads } = this.store(connector);
    const page = index.offers(above, limit);
    payloads.fill(page.offers, (offers) => done({ ...page, offers }));
  }

  unread(connector: string, above: Vector): Unread {
    return this.store(connector).index.unread(above);
  }

  placesBefore(connector: string, time: number, done: Done<Vector>): void {
    done(this.store(connector).index.placesBefore(time));
  }

  anyOpen(connector: string, upTo: Vector, key: string | null, done: Done<boolean>): void {
    done(this.store(connector).index.anyOpen(upTo, key));
  }

  series(connector: string, query: SeriesQuery, done: Done<SeriesView>): void {
    done(this.store(connector).index.series(query));
  }

  troubledKeys(connector: string, done: Done<readonly string[]>): void {
    done(this.store(connector).index.troubledKeys());
  }

  lastDeliveredAt(connector: string, site: string, done: Done<number | null>): void {
    done(this.store(connector).index.lastDeliveredAt(site));
  }

  report(connector: string, identity: string, done: Done<IdentityReport | null>): void {
    const report = this.store(connector).index.report(identity);
    if (report === null) done(null);
    else this.#wholeReports([report], ([whole = null]) => done(whole));
  }

  list(query: ListQuery, done: Done<readonly IdentityReport[]>): void {
    const asked = [...this.#stores].filter(([name]) => query.connector === undefined || query.connector === name);
    this.#wholeReports(asked.flatMap(([, { index }]) => index.list(query)).slice(0, query.limit), done);
  }

  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void {
    done(this.store(connector).index.prunable(journal, settledBefore));
  }

  /** Its table is removed with the connector. */
  drop(connector: string, done: Done<void>): void {
    this.#stores.delete(connector);
    done();
  }

  /** One whose payload cannot be read now tells all the rest. */
  #wholeReports(reports: readonly IdentityReport[], done: Done<readonly IdentityReport[]>): void {
    const whole: IdentityReport[] = [];
    const next = (at: number): void => {
      const report = reports[at];
      if (report === undefined) return done(whole);
      const { index, payloads } = this.store(report.connector);
      const first = index.find(report.identity);
      payloads.look(first === null ? [] : [{ ...first.record, journal: first.journal }], ([entry]) => {
        whole.push({ ...report, payload: entry?.payload ?? "" });
        next(at + 1);
      });
    };
    next(0);
  }

  #index(connector: string): ConnectorIndex | undefined {
    return this.#stores.get(connector)?.index;
  }
}
