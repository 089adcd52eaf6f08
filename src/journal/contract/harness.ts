import type {
  AcceptResult,
  IdentityReport,
  Journal,
  ListQuery,
  OfferPage,
  OpenEntry,
  OpenQuery,
  Segment,
  WriteResult,
} from "../../core/ports.ts";
import type {
  EntryRecord,
  JournalName,
  JournalRecord,
  Outcome,
  SettlementRecord,
  SwitchRecord,
  Vector,
} from "../../core/records.ts";

/** One store under test. It answers by itself: the suite only waits. */
export interface JournalStoreUnderTest {
  /** The journal that is open now. */
  readonly journal: Journal;
  /** Closes in order and opens again. */
  reopen(): Promise<void>;
  /** Ends without closing, as a killed process does, and opens again. */
  crash(): Promise<void>;
  /** Leaves no room on the device (true) or enough (false). */
  setFull(full: boolean): Promise<void>;
  /** Ends and removes everything. */
  dispose(): Promise<void>;
}

/** Opens an empty store of a region. */
export type OpenStore = (region: string) => Promise<JournalStoreUnderTest>;

export const entry = (identity: string, more: Partial<EntryRecord> = {}): EntryRecord => ({
  kind: "entry",
  identity,
  key: null,
  sequence: null,
  payload: `{"for":"${identity}"}`,
  acceptedAt: 1_000,
  after: {},
  ...more,
});

export const settlement = (
  identity: string,
  outcome: Outcome,
  more: Partial<SettlementRecord> = {},
): SettlementRecord => ({
  kind: "settlement",
  identity,
  round: 0,
  outcome,
  site: null,
  home: null,
  siteSeq: 0,
  time: 2_000,
  reason: null,
  person: null,
  ...more,
});

/** Delivered at site `a`, which belongs to chain `a`. */
export const deliveredAtA = (identity: string, time: number, siteSeq = 0): SettlementRecord =>
  settlement(identity, "delivered", { site: "a", home: "a", siteSeq, time });

export const switchFromA = (notSettledSince: number, seq = 1): SwitchRecord => ({
  kind: "switch",
  home: "a",
  from: "a",
  to: "b",
  notSettledSince,
  seq,
  reason: "a is down",
});

export const resubmit = (identity: string, round: number, of: Vector = {}): JournalRecord => ({
  kind: "resubmit",
  identity,
  round,
  of,
  person: "ada",
  reason: null,
  time: 3_000,
});

/** The port's questions as promises. */
export const ask = (journal: Journal) => ({
  accept: (connector: string, record: EntryRecord) =>
    new Promise<AcceptResult>((done) => journal.accept(connector, record, done)),
  write: (connector: string, records: readonly JournalRecord[]) =>
    new Promise<WriteResult>((done) => journal.write(connector, records, done)),
  apply: (segment: Segment) => new Promise<{ readonly kind: string }>((done) => journal.apply(segment, done)),
  read: (connector: string, name: JournalName, above = 0, limit = 1_000) =>
    new Promise<Segment>((done) => journal.read(connector, name, above, limit, done)),
  open: (connector: string, query: Partial<OpenQuery> = {}) =>
    new Promise<readonly OpenEntry[]>((done) => {
      const journals = Object.keys(journal.vector(connector)).sort() as JournalName[];
      journal.open(connector, { journals, above: {}, limit: 1_000, ...query }, done);
    }),
  anyOpen: (connector: string, upTo: Vector, key: string | null) =>
    new Promise<boolean>((done) => journal.anyOpen(connector, upTo, key, done)),
  troubledKeys: (connector: string) => new Promise<readonly string[]>((done) => journal.troubledKeys(connector, done)),
  lastDeliveredAt: (connector: string, site: string) =>
    new Promise<number | null>((done) => journal.lastDeliveredAt(connector, site, done)),
  report: (connector: string, identity: string) =>
    new Promise<IdentityReport | null>((done) => journal.report(connector, identity, done)),
  list: (query: ListQuery) => new Promise<readonly IdentityReport[]>((done) => journal.list(query, done)),
  prunable: (connector: string, name: JournalName, before: number) =>
    new Promise<number>((done) => journal.prunable(connector, name, before, done)),
  offers: (connector: string, above: Vector = {}, limit = 1_000) =>
    new Promise<OfferPage>((done) => journal.offers(connector, above, limit, done)),
  placesBefore: (connector: string, time: number) =>
    new Promise<Vector>((done) => journal.placesBefore(connector, time, done)),
  drop: (connector: string) => new Promise<void>((done) => journal.drop(connector, done)),
});

/** A segment of records that follow each other, the first at `from + 1`. */
export const segment = (
  journal: JournalName,
  records: readonly JournalRecord[],
  from = 0,
  connector = "orders",
): Segment => ({
  connector,
  journal,
  from,
  to: from + records.length,
  records: records.map((record, at) => ({ position: from + 1 + at, record })),
});

export const identitiesOf = (entries: readonly { readonly identity: string }[]): readonly string[] =>
  entries.map(({ identity }) => identity);
