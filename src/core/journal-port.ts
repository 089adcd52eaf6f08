/** The port to the store of all journals of a region, and what it answers with. */
import type { Done } from "./done.ts";
import type { EntryRecord, JournalName, JournalRecord, Outcome, SettlementRecord, Vector } from "./records.ts";
import type { KnownSwitch } from "./settlement.ts";

export type AcceptResult =
  | { readonly kind: "accepted"; readonly journal: JournalName; readonly position: number }
  /** The identity stands in a journal already: where, with the first one's payload. */
  | { readonly kind: "known"; readonly journal: JournalName; readonly position: number; readonly payload: string }
  | StoreFailure;

export interface StoreFailure {
  readonly kind: "refused";
  /** `full`: no space on the device; `failed`: any other error of the store. Nothing was written. */
  readonly reason: "full" | "failed";
  readonly detail: string;
}

export type WriteResult =
  | {
      readonly kind: "written";
      readonly journal: JournalName;
      /** Position of each record; null for an entry that was left out because its identity is known. */
      readonly positions: readonly (number | null)[];
    }
  | StoreFailure;

export interface PositionedRecord {
  readonly position: number;
  readonly record: JournalRecord;
}

/**
 * All records of one journal above `from` up to and with `to`, in order of position. Positions are missing only where
 * the record was pruned.
 */
export interface Segment {
  readonly connector: string;
  readonly journal: JournalName;
  readonly from: number;
  readonly to: number;
  readonly records: readonly PositionedRecord[];
}

export interface OpenEntry extends EntryRecord {
  readonly journal: JournalName;
  readonly position: number;
  readonly round: number;
}

export interface OpenQuery {
  readonly journals: readonly JournalName[];
  /** Only entries above these positions. */
  readonly above: Vector;
  /** Only entries at or below these positions; absent: all. */
  readonly upTo?: Vector;
  /** Only entries of this key; absent: of every key. */
  readonly key?: string;
  readonly limit: number;
}

/** Where a record stands. */
export interface Place {
  readonly journal: JournalName;
  readonly position: number;
}

/** An entry that has a number of a series. */
export interface Numbered extends Place {
  readonly identity: string;
  readonly number: number;
  readonly key: string | null;
  readonly open: boolean;
}

export interface SeriesQuery {
  readonly series: string;
  readonly number: number;
  readonly key: string;
  /** At most so many of each kind. */
  readonly limit: number;
}

/** What is known of a series on both sides of a number, in every journal known here. */
export interface SeriesView {
  /** Lower numbers, of whatever key, the highest first. */
  readonly below: readonly Numbered[];
  /** Higher numbers, of whatever key, the lowest first. */
  readonly above: readonly Numbered[];
  /** Lower numbers of the key that are open, the lowest first. */
  readonly open: readonly Numbered[];
}

/** A place of a journal where an entry is offered to the readers of a feed: its own, or that of its last resubmission. */
export interface Offer extends OpenEntry {
  readonly at: Place;
  /** null: open. */
  readonly outcome: Outcome | null;
  /** The identity is offered at a place within the vector asked for as well: a reader that was there has it. */
  readonly within: boolean;
}

export interface OfferPage {
  /** Journal by journal, each in order of position. */
  readonly offers: readonly Offer[];
  /**
   * How far each journal was looked through: not beyond a resubmission whose entry is not here yet. What was asked for
   * of journals that are not known here stays.
   */
  readonly upTo: Vector;
  /** There may be more above `upTo` already. */
  readonly more: boolean;
}

/** What stands above a vector. */
export interface Unread {
  /** Entries; where they are many, about so many. */
  readonly entries: number;
  /** `acceptedAt` of the first of them, of whichever journal's is oldest; null where none was found. */
  readonly oldestAt: number | null;
}

export interface Ledger {
  /** Distinct identities accepted, in every journal known here. */
  readonly accepted: number;
  readonly pending: number;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  readonly conflicts: number;
  /** Payload bytes of the pending entries. */
  readonly pendingBytes: number;
  /** `acceptedAt` of the oldest pending entry, null where none is pending. */
  readonly oldestPendingAt: number | null;
}

/** One identity with all that is known of it, for lists and for `where`. */
export interface IdentityReport {
  readonly connector: string;
  readonly identity: string;
  readonly round: number;
  /** null: open. */
  readonly outcome: Outcome | null;
  readonly entries: readonly { journal: JournalName; position: number; acceptedAt: number; key: string | null }[];
  readonly settlements: readonly SettlementRecord[];
  readonly resubmissions: readonly (Place & { readonly round: number })[];
  readonly payload: string;
}

export interface ListQuery {
  readonly connector?: string;
  readonly what: "faulted" | "unknown" | "conflict";
  /** Only what was settled at or after this wall-clock time, in milliseconds. */
  readonly since?: number;
  readonly limit: number;
}

/**
 * All journals of one region: its own (written here) and copies of its peers'. What a read returns is durable: a
 * record that could still be lost with the power is never shown (SQLite: committed and synced).
 */
export interface Journal {
  /** Incarnation being written; 0 before `begin`. */
  readonly incarnation: number;
  /** Highest incarnation of this region that any record here names; 0 on an empty store. */
  readonly highestIncarnation: number;
  /** Starts writing to this incarnation: an existing one goes on, a new one begins at position 1. */
  begin(incarnation: number): void;

  connectors(): readonly string[];
  /** Highest durable position of every journal of the connector. */
  vector(connector: string): Vector;
  /** Position up to which each journal was pruned here. */
  pruned(connector: string): Vector;
  switches(connector: string): readonly KnownSwitch[];
  /** Value of a cursor with its epoch: the one with the highest epoch, then the latest written. */
  cursor(connector: string, source: string): { readonly value: string; readonly epoch: number } | null;
  /** What each reader of a feed has acknowledged: of every journal the highest that any record of it names. */
  consumers(connector: string): Readonly<Record<string, Vector>>;
  ledger(connector: string): Ledger;

  /**
   * Accepts one entry into the own journal unless its identity is known in any journal of the connector. Calls made
   * together share one durable write.
   */
  accept(connector: string, entry: EntryRecord, done: Done<AcceptResult>): void;
  /**
   * Writes own records as one unit: all or none. Entries whose identity is known are left out (so that a cursor commits
   * with what it covers, whatever of it is new).
   */
  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void;
  /**
   * Takes records of another region's journal. A segment whose `from` lies above what is held is refused (`failed`); what
   * is known is skipped.
   */
  apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void;

  /** The segment of one journal above a position, of at most `limit` records; of fewer where they are large. */
  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void;
  /** Open entries, journal by journal in the order given, each in order of position; fewer than `limit`: that is all. */
  open(connector: string, query: OpenQuery, done: Done<readonly OpenEntry[]>): void;
  /**
   * What readers of a feed are offered above a vector, in every journal known here: at most `limit` offers of each
   * journal, of fewer where they are large or far between.
   */
  offers(connector: string, above: Vector, limit: number, done: Done<OfferPage>): void;
  /** Entries above a vector, in every journal known here. */
  unread(connector: string, above: Vector): Unread;
  /** The last place of each journal before what was accepted at or after this wall-clock time, in milliseconds. */
  placesBefore(connector: string, time: number, done: Done<Vector>): void;
  /** Whether any open entry stands at or below these positions, of this key (null: of any key). */
  anyOpen(connector: string, upTo: Vector, key: string | null, done: Done<boolean>): void;
  /** What is known around a number of a series, as long as it is not pruned. */
  series(connector: string, query: SeriesQuery, done: Done<SeriesView>): void;
  /** Keys that have a faulted or unknown entry. */
  troubledKeys(connector: string, done: Done<readonly string[]>): void;
  /** Latest `time` of a delivery at this site in any journal, null where there is none. Wall clock, ms. */
  lastDeliveredAt(connector: string, site: string, done: Done<number | null>): void;
  report(connector: string, identity: string, done: Done<IdentityReport | null>): void;
  list(query: ListQuery, done: Done<readonly IdentityReport[]>): void;
  /**
   * Highest position of the journal such that every entry at or below it, and above what is pruned, was settled
   * before `settledBefore` (wall clock, ms), and none waits for a person (faulted, unknown).
   */
  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void;
  /** Forgets a connector with all its journals. */
  drop(connector: string, done: Done<void>): void;
}
