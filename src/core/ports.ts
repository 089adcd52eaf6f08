/**
 * What the core asks of the outside. Every port answers through a `done` callback, so that the same core runs under
 * Node's event loop and under the simulation's virtual clock; `done` may be called at once or later, and is called
 * exactly once unless the process ends before.
 */
import type { Against, Verdict } from "../define/taxonomy.ts";
import type { EntryRecord, JournalName, JournalRecord, Outcome, SettlementRecord, Vector } from "./records.ts";
import type { KnownSwitch } from "./settlement.ts";

export interface Timer {
  cancel(): void;
}

/** Time of one process. Both clocks in milliseconds. */
export interface Clock {
  /** Wall clock, since the Unix epoch. May be stepped. */
  wallMs(): number;
  /** Never steps back; may stand still while the machine is suspended. */
  monotonicMs(): number;
  after(delayMs: number, run: () => void): Timer;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export type Done<T> = (result: T) => void;

// ---- journal ----------------------------------------------------------------------------------------------------

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
  /** Only entries of this key; absent: of every key. */
  readonly key?: string;
  readonly limit: number;
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

  /** The segment of one journal above a position, of at most `limit` records. */
  read(connector: string, journal: JournalName, above: number, limit: number, done: Done<Segment>): void;
  /** Open entries, journal by journal in the order given, each in order of position. */
  open(connector: string, query: OpenQuery, done: Done<readonly OpenEntry[]>): void;
  /** Whether any open entry stands at or below these positions, of this key (null: of any key). */
  anyOpen(connector: string, upTo: Vector, key: string | null, done: Done<boolean>): void;
  /** Keys that have a faulted or unknown entry. */
  troubledKeys(connector: string, done: Done<readonly string[]>): void;
  /** Latest `time` of a delivery at this site in any journal, null where there is none. Wall clock, ms. */
  lastDeliveredAt(connector: string, site: string, done: Done<number | null>): void;
  report(connector: string, identity: string, done: Done<IdentityReport | null>): void;
  list(query: ListQuery, done: Done<readonly IdentityReport[]>): void;
  /**
   * Highest position of the journal such that every entry at or below it, and above what is pruned, was settled
   * before `settledBefore` (wall clock, ms).
   */
  prunable(connector: string, journal: JournalName, settledBefore: number, done: Done<number>): void;
  /** Forgets a connector with all its journals. */
  drop(connector: string, done: Done<void>): void;
}

// ---- voters -----------------------------------------------------------------------------------------------------

/** Where the adopter's last record of a duty stands, for the home to read up to before it acts. */
export interface HandbackMark {
  /** Per connector: position of the handback record in the adopter's journal, and all that the adopter held then. */
  readonly marks: Readonly<
    Record<string, { readonly journal: JournalName; readonly position: number; readonly held: Vector }>
  >;
  /** The adopter's. */
  readonly epoch: number;
}

interface VoterMessage {
  /** The journal region whose entries the duty covers. */
  readonly duty: string;
  /** Set for the exception of one connector (handover for a link, protocol rule 24). */
  readonly connector?: string;
  /** Region and process start, for example `east/8f3a`. */
  readonly holder: string;
}

export type VoterRequest =
  | (VoterMessage & {
      readonly kind: "acquire";
      readonly epoch: number;
      /** The row's current epoch, asked for with `connector`. */
      readonly rowEpoch?: number;
    })
  | (VoterMessage & { readonly kind: "renew"; readonly epoch: number })
  | (VoterMessage & { readonly kind: "release"; readonly epoch: number; readonly handback?: HandbackMark })
  /** `wanted`: the asker is the duty's home and takes it as soon as it is free. */
  | (VoterMessage & { readonly kind: "read"; readonly wanted: boolean });

export interface LeaseView {
  readonly holder: string | null;
  readonly epoch: number;
  /** By this voter's own clock. A released lease is expired. */
  readonly expired: boolean;
}

export interface VoterReply extends LeaseView {
  readonly granted: boolean;
  /** Highest epoch this voter saw for the duty, its exceptions included. */
  readonly highestEpoch: number;
  readonly exceptions: Readonly<Record<string, LeaseView>>;
  readonly handback: HandbackMark | null;
  /** Whether the duty's home, not being the holder, read the lease within the last ttl. */
  readonly wanted: boolean;
}

/** One voter, near or far. `null`: no answer within the request timeout. */
export interface Voter {
  readonly name: string;
  request(request: VoterRequest, done: Done<VoterReply | null>): void;
}

// ---- peers ------------------------------------------------------------------------------------------------------

/** Reach of partner sites (`<partner>/<site>`) as one region sees it, so that a bad link is told from a dead site. */
export type Reach = Readonly<Record<string, { readonly ok: boolean; readonly ageMs: number }>>;

export interface PullRequest {
  readonly region: string;
  readonly incarnation: number;
  /** What the asker holds durably, per connector: asking acknowledges it. */
  readonly vectors: Readonly<Record<string, Vector>>;
  /** Whether the asker has caught up since its start and may act. */
  readonly ready: boolean;
  readonly reach: Reach;
  /** How long the reply may wait for news, in milliseconds. */
  readonly waitMs: number;
}

export interface PullReply {
  readonly region: string;
  readonly incarnation: number;
  /** Highest incarnation of the asker that the peer knows. */
  readonly askerIncarnation: number;
  readonly vectors: Readonly<Record<string, Vector>>;
  readonly ready: boolean;
  readonly reach: Reach;
  readonly segments: readonly Segment[];
  /** More is there than fitted. */
  readonly more: boolean;
}

export interface Peers {
  pull(region: string, request: PullRequest, done: Done<PullReply | null>): void;
}

// ---- takers -----------------------------------------------------------------------------------------------------

/** Something to hand to a taker: to a site of the partner, or to the hub (`site` null). */
export interface Delivery {
  readonly connector: string;
  readonly site: string | null;
  readonly identity: string;
  readonly round: number;
  /** 1 for the first. */
  readonly attempt: number;
  readonly key: string | null;
  /** What `Translator.translate` made of the entry. */
  readonly output: unknown;
  readonly payload: string;
  readonly duty: { readonly region: string; readonly epoch: number };
  readonly timeoutMs: number;
  /** Asked in the very tick in which the first byte would be written: false means that nothing may be sent. */
  readonly mayWrite: () => boolean;
}

export interface Answer {
  readonly verdict: Verdict;
  readonly against: Against;
  /** False where certainly no byte reached the taker. */
  readonly sent: boolean;
  /** For `wait`: how long the taker asked us to wait, in milliseconds. */
  readonly waitMs: number | null;
  readonly reason: string;
}

export interface Sending {
  /** Ends the request; `done` is then called with what is known (`unknown` once bytes were written). */
  abort(): void;
}

/** The way out: a driver in role `send`, or the hub. */
export interface Taker {
  send(delivery: Delivery, done: Done<Answer>): Sending;
  /** Whether a site answers at all; sends no event. */
  probe(connector: string, site: string, done: Done<boolean>): void;
  /** Asks the taker whether it has the event (`onUnknown: lookup`). `unknown`: it could not tell. */
  lookup(delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void;
}

// ---- user code --------------------------------------------------------------------------------------------------

export type Translation =
  | { readonly kind: "output"; readonly output: unknown; readonly key: string | null }
  | { readonly kind: "ignored" }
  | { readonly kind: "fault"; readonly reason: string };

/** Runs what users wrote, apart from the core: it may throw, hang or lie. */
export interface Translator {
  translate(connector: string, entry: EntryRecord, site: string | null, done: Done<Translation>): void;
  /** Whether two payloads have the same content (protocol rule 9). */
  sameContent(connector: string, first: string, second: string, done: Done<boolean>): void;
}

/** What the core tells an observer (logs, metrics, the simulation's judge). Never decides anything. */
export interface Observer {
  observe(event: Observation): void;
}

export type Observation =
  | {
      readonly kind: "lease";
      readonly duty: string;
      readonly epoch: number;
      readonly change: "acquired" | "lapsed" | "released";
    }
  | { readonly kind: "duty"; readonly duty: string; readonly epoch: number; readonly state: string }
  | { readonly kind: "incarnation"; readonly incarnation: number; readonly reason: string }
  | { readonly kind: "settled"; readonly connector: string; readonly settlement: SettlementRecord }
  | { readonly kind: "switch"; readonly connector: string; readonly change: KnownSwitch }
  | {
      readonly kind: "breaker";
      readonly partner: string;
      readonly site: string;
      readonly state: string;
      readonly reason: string;
    }
  | { readonly kind: "store"; readonly state: "failing" | "well"; readonly detail: string };
