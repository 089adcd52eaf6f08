/**
 * What the core asks of the outside. Every port answers through a `done` callback, so that the same core runs under
 * Node's event loop and under the simulation's virtual clock; `done` may be called at once or later, and is called
 * exactly once unless the process ends before.
 */
import type { Against, Verdict } from "../define/taxonomy.ts";
import type { Done } from "./done.ts";
import type { Segment } from "./journal-port.ts";
import type { EntryRecord, JournalName, SettlementRecord, Vector } from "./records.ts";
import type { KnownSwitch } from "./settlement.ts";

export type { Done } from "./done.ts";
export type * from "./journal-port.ts";

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

// ---- voters -----------------------------------------------------------------------------------------------------

/** What whoever acted before, and ended as planned, tells of what it did. */
export interface Handed {
  /** The journal in which it says so. */
  readonly journal: JournalName;
  /** What it did with everything up to here is known. */
  readonly held: Vector;
  /** Up to here an entry that is open may have been sent by somebody before it, who told nothing. Absent: none. */
  readonly doubted?: Vector;
}

/** Where the adopter's last record of a duty stands, for the home to read up to before it acts. */
export interface HandbackMark {
  /** Per connector: position of the handback record in the adopter's journal, and what the adopter held then. */
  readonly marks: Readonly<Record<string, Handed & { readonly position: number }>>;
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
  /** Of the voter sets that the asker counts majorities in (quorum.ts). */
  readonly generation: number;
}

export type VoterRequest =
  | (VoterMessage & {
      readonly kind: "acquire";
      readonly epoch: number;
      /** The row's current epoch, asked for with `connector`. */
      readonly rowEpoch?: number;
      /** Highest generation that the asker knows to have been confirmed at some voter. Absent: none. */
      readonly confirmedGeneration?: number;
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
  /** Highest generation of voter sets granted to; highest that a holder had a full majority in. */
  readonly seenGeneration: number;
  readonly confirmedGeneration: number;
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

// ---- what is accepted -------------------------------------------------------------------------------------------

/** A message or event that was limited, authenticated and identified. */
export interface AcceptInput {
  readonly identity: string;
  readonly key: string | null;
  readonly sequence: EntryRecord["sequence"];
  readonly payload: string;
}

// ---- sources ----------------------------------------------------------------------------------------------------

/** One read of a partner's site, from a cursor. */
export interface Reading {
  readonly connector: string;
  readonly site: string;
  /** Where an earlier page said to go on; null: where the definition says to start. */
  readonly cursor: string | null;
  readonly duty: { readonly region: string; readonly epoch: number };
  readonly timeoutMs: number;
  /** Asked in the very tick in which the first byte would be written: false means that nothing may be sent. */
  readonly mayWrite: () => boolean;
}

/** What a site had between two cursors. */
export interface SourcePage {
  readonly inputs: readonly AcceptInput[];
  /** Where to go on once these are durable; null: where this reading began. Opaque to the core. */
  readonly cursor: string | null;
  /** The site says that there is more: read on at once. */
  readonly more: boolean;
}

/** `page` is there where the verdict is `delivered`, and only there. */
export interface ReadAnswer extends Answer {
  readonly page: SourcePage | null;
}

/** The way in of a connector that reads: a driver in role `poll`, or the reconcile poll of a receiver. */
export interface Source {
  read(reading: Reading, done: Done<ReadAnswer>): Sending;
  /** Whether a site answers at all; reads nothing. */
  probe(connector: string, site: string, done: Done<boolean>): void;
  /** A cursor that stands so much earlier in the source's own time; null where the cursor names no time. */
  rewound(cursor: string, byMs: number): string | null;
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

// ---- readers of a feed ------------------------------------------------------------------------------------------

/** What a reader of a feed asks for (protocol rule 27). */
export interface FeedReading {
  readonly reader: string;
  /** The cursor that it presents, which acknowledges what is within it; null: where it acknowledged last. */
  readonly cursor: Vector | null;
  readonly limit: number;
  /** How long to wait for the first event, in milliseconds. */
  readonly waitMs: number;
}

export type FeedAnswer =
  | {
      readonly kind: "page";
      /** What the translations made, as JSON texts, in order. */
      readonly events: readonly string[];
      readonly cursor: Vector;
      /** There is more already. */
      readonly more: boolean;
    }
  /** Some of what stands above the cursor is no longer here; `earliest` is the first cursor that is good. */
  | { readonly kind: "gone"; readonly earliest: Vector }
  | { readonly kind: "refused"; readonly retryAfterMs: number };

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
  /** An entry goes although numbers below it are missing, or after a later one. */
  | { readonly kind: "gap"; readonly connector: string; readonly identity: string; readonly detail: string }
  /** A poller does not just go on where it was. */
  | {
      readonly kind: "cursor";
      readonly connector: string;
      readonly site: string;
      readonly change: "rewound" | "refused";
      readonly detail: string;
    }
  | {
      readonly kind: "breaker";
      readonly partner: string;
      readonly site: string;
      readonly state: string;
      readonly reason: string;
    }
  | { readonly kind: "store"; readonly state: "failing" | "well"; readonly detail: string };
