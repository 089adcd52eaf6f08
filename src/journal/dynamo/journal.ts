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
    done(this.#index(connector)?.open(query) ?? []);
  }

  /** What stands behind a connector. */
  store(connector: string): ConnectorStore {
    let store = this.#stores.get(connector);
    if (store === undefined) {
      const { region, regions, clock, random, giveUpAfterMs = 5_000, table, replicas } = this.#options;
      const replicated = replicas?.(connector) ?? null;
      const ports = { region, regions, clock, random, giveUpAfterMs, table: table(connector), replicas: replicated };
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
    this.store(connector).accept(entry, done);
  }

  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void {
    this.store(connector).write(records, done);
  }

  apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void {
    this.store(segment.connector).apply(segment, done);
  }

  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void {
    done(this.store(connector).index.read(journal, above, limit));
  }

  offers(connector: string, above: Vector, limit: number, done: Done<OfferPage>): void {
    done(this.store(connector).index.offers(above, limit));
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
    done(this.store(connector).index.report(identity));
  }

  list(query: ListQuery, done: Done<readonly IdentityReport[]>): void {
    const asked = [...this.#stores].filter(([name]) => query.connector === undefined || query.connector === name);
    done(asked.flatMap(([, { index }]) => index.list(query)).slice(0, query.limit));
  }

  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void {
    done(this.store(connector).index.prunable(journal, settledBefore));
  }

  /** Its table is removed with the connector. */
  drop(connector: string, done: Done<void>): void {
    this.#stores.delete(connector);
    done();
  }

  #index(connector: string): ConnectorIndex | undefined {
    return this.#stores.get(connector)?.index;
  }
}
