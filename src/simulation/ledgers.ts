import type { Outcome } from "../core/records.ts";
import type { Verdict } from "../define/taxonomy.ts";
import type { Gift } from "./schedule-model.ts";

/** What the giver saw of one gift. */
export interface Given {
  readonly gift: Gift;
  readonly identity: string;
  /** Of an item that is read: each reading, which is acknowledged by a later one that goes on behind it. */
  readonly tries: Try[];
  /** When an item came to be at a site first; null: not yet, or it is not read. */
  madeAt: number | null;
  /** How often: what a site lost may be handed in again. */
  makings: number;
}

export interface Try {
  readonly at: number;
  readonly region: string;
  readonly content: number;
  /** Of readings, counts them all in their order; null: it was given. */
  readonly turn: number | null;
  /** Null while unanswered: timed out, or still under way. */
  answer: { readonly at: number; readonly acknowledged: boolean } | null;
}

/** Bytes that left for a taker: what a wire tap beside the region saw. Times are true times in milliseconds. */
export interface Write {
  readonly at: number;
  readonly machine: string;
  /** Which process on the machine. */
  readonly process: number;
  readonly duty: string;
  readonly epoch: number;
  readonly connector: string;
  /** Null: the hub. */
  readonly site: string | null;
  readonly identity: string;
  /** When the taker acted on it; null: it never did. */
  takenAt: number | null;
  /** What the sender made of the answer; null: its process was gone, or it is under way. */
  answer: { readonly at: number; readonly verdict: Verdict } | null;
}

/** A request of a poll: what a wire tap beside the region saw. */
export type Read = Pick<Write, "at" | "machine" | "duty" | "epoch" | "connector">;

/** An event that a reader of a feed got. */
export interface Serving {
  readonly at: number;
  readonly reader: string;
  readonly region: string;
  readonly connector: string;
  readonly identity: string;
  /** It was within the cursor that the reader presented. */
  readonly again: boolean;
}

/** A lease that its holder let lapse. */
export interface Lapse {
  readonly at: number;
  readonly duty: string;
  readonly epoch: number;
}

/** A region began to act for a duty, or went over to another site. For numbers only: the judge does not look at it. */
export interface Move {
  readonly at: number;
  readonly machine: string;
  readonly kind: "acting" | "switch";
}

/** What giver and takers saw in one run; the judge reads nothing else of the flow. */
export interface Ledgers {
  readonly given: Map<string, Given>;
  readonly writes: Write[];
  readonly reads: Read[];
  readonly servings: Serving[];
  readonly decisions: Decision[];
  /** Where messages are lost without a fault, only the holders can say that a lease lapsed. */
  readonly lapses: Lapse[];
  readonly moves: Move[];
  /** How regions said that an identity ended: what they forget since is listed no more. */
  readonly endings: Map<string, Outcome>;
}

export const identityOf = (gift: Gift): string => identityIn(gift.connector, gift.id);

export const identityIn = (connector: string, id: number): string => `/partner/${connector} ${id}`;

/** What the person on call decided about one entry. */
export interface Decision {
  readonly at: number;
  readonly identity: string;
}
