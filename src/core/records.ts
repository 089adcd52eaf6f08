/**
 * What a journal holds. A journal belongs to one connector and one incarnation of one region and has one writer;
 * everything else is derived from the union of such journals.
 */

/** Names a journal of a connector: `<region>.<incarnation>`, for example `east.1`. */
export type JournalName = `${string}.${number}`;

/** Highest position known of each journal. A journal that is not named counts as 0 (nothing known). */
export type Vector = Readonly<Record<JournalName, number>>;

/** How an entry may end; within a round the first of these that is known rules (protocol rule 13). */
export const outcomeNames = [
  "delivered",
  "superseded",
  "ignored",
  "expired",
  "discarded",
  "faulted",
  "unknown",
] as const;

export type Outcome = (typeof outcomeNames)[number];

/** An accepted message or event. */
export interface EntryRecord {
  readonly kind: "entry";
  /** `source` + `id`; what the giver's repeats, the other region and the taker are compared by. */
  readonly identity: string;
  /** Order key (`partitionkey`), null where unordered or not known before translation. */
  readonly key: string | null;
  /** Their numbering, where the connector states it: number `number` of series `of`. */
  readonly sequence: { readonly of: string; readonly number: number } | null;
  /** The message or event as accepted, as JSON text. Opaque to the core. */
  readonly payload: string;
  /** Wall clock of the accepting region, in milliseconds. */
  readonly acceptedAt: number;
  /** What the accepting region held of every other journal of the connector when it accepted. */
  readonly after: Vector;
}

export interface SettlementRecord {
  readonly kind: "settlement";
  readonly identity: string;
  /** 0 for the first dispatch; each resubmission opens the next round. */
  readonly round: number;
  readonly outcome: Outcome;
  /** Site of the partner that answered; null for the hub and where nothing was sent. */
  readonly site: string | null;
  /** The chain of sites that the entry's key belongs to (`home` of its switches); null where `site` is null. */
  readonly home: string | null;
  /** The switch of that chain under which `site` was chosen (its `seq`; 0 before any switch). */
  readonly siteSeq: number;
  /** Wall clock of the acting region when the answer was read, in milliseconds. */
  readonly time: number;
  /** Why, in words, for faults, unknown and what a person decided. */
  readonly reason: string | null;
  /** The person who decided, null for the gateway itself. */
  readonly person: string | null;
}

/** A person opens a faulted or unknown entry again: round `round` begins. */
export interface ResubmitRecord {
  readonly kind: "resubmit";
  readonly identity: string;
  readonly round: number;
  /** Where its entries stood: a region that has read so far and knows none of them was told to forget them. */
  readonly of: Vector;
  readonly person: string;
  readonly reason: string | null;
  readonly time: number;
}

/** The partner's site of one chain changes. The highest `seq` (then the highest journal name) rules everywhere. */
export interface SwitchRecord {
  readonly kind: "switch";
  /** The site whose keys move: the primary, or for an active-active partner the lost site. */
  readonly home: string;
  readonly from: string;
  readonly to: string;
  /** Deliveries at `from` at or after this wall-clock time, under an earlier switch, do not settle. Milliseconds. */
  readonly notSettledSince: number;
  readonly seq: number;
  readonly reason: string;
}

/** A duty changes hands as planned: everything that was done under `epoch` stands before this record. */
export interface HandbackRecord {
  readonly kind: "handback";
  readonly duty: string;
  readonly epoch: number;
  /** null: the whole duty goes home. A region: this connector alone goes there, for the sake of a link (rule 24). */
  readonly to: string | null;
  /** Number of records in this journal up to and with this one (checked on stores that replicate unordered). */
  readonly count: number;
  /** Up to here an entry that is open may have been sent by an earlier holder, who told nothing. Absent: none. */
  readonly doubted?: Vector;
}

/** Same identity, other content: the first stays, this one is kept to be looked at. */
export interface ConflictRecord {
  readonly kind: "conflict";
  readonly identity: string;
  readonly payload: string;
  readonly time: number;
}

/** Position of a source (hub subscription, poll), committed with the entries that it covers. */
export interface CursorRecord {
  readonly kind: "cursor";
  readonly source: string;
  readonly value: string;
  readonly epoch: number;
}

/** Entries of `journal` at or below `position`, and their settlements, may be forgotten. */
export interface PrunedRecord {
  readonly kind: "pruned";
  readonly journal: JournalName;
  readonly position: number;
}

/**
 * A reader of a feed has acknowledged what is within this vector (protocol rule 27): all that was known of it where this
 * was written, so that a later record of the same journal takes the place of an earlier one.
 */
export interface ConsumerRecord {
  readonly kind: "consumer";
  readonly name: string;
  readonly vector: Vector;
}

export type JournalRecord =
  | EntryRecord
  | SettlementRecord
  | ResubmitRecord
  | SwitchRecord
  | HandbackRecord
  | ConflictRecord
  | CursorRecord
  | ConsumerRecord
  | PrunedRecord;

export const journalName = (region: string, incarnation: number): JournalName => `${region}.${incarnation}`;

/** Region and incarnation of a journal name. */
export const journalParts = (journal: JournalName): { region: string; incarnation: number } => {
  const dot = journal.lastIndexOf(".");
  return { region: journal.slice(0, dot), incarnation: Number(journal.slice(dot + 1)) };
};
