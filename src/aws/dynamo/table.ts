/**
 * What the adapters ask of one DynamoDB table, small enough to be simulated. Answers come through `done` (at once or later,
 * exactly once unless the process ends before), so that the same adapters run under a virtual clock.
 */
import type { Done } from "../../core/done.ts";

export interface ItemKey {
  /** Partition key, attribute `pk`. In a replicated table it begins with the region that writes the item, and `#`. */
  readonly pk: string;
  /** Sort key, attribute `sk`. */
  readonly sk: string;
}

export type Attributes = Readonly<Record<string, string | number>>;

export interface Item extends ItemKey {
  readonly attributes: Attributes;
}

/** What must be true of the item that stands there, else nothing is written. */
export type Condition =
  | { readonly kind: "absent" }
  | { readonly kind: "present" }
  /** This attribute has this value. */
  | { readonly kind: "equals"; readonly attribute: string; readonly value: string | number }
  /** This attribute is absent, or a number below this one. */
  | { readonly kind: "absent-or-below"; readonly attribute: string; readonly value: number };

export interface TableFailure {
  readonly kind: "failed";
  /** `silent`: it may have been written all the same. */
  readonly reason: "throttled" | "too-large" | "silent" | "refused";
  readonly detail: string;
}

/** Whether the store was busy, or did not answer: what may be written twice is to be written again. */
export const isPassing = (written: Written): boolean =>
  written.kind === "failed" && (written.reason === "throttled" || written.reason === "silent");

export type Written =
  | { readonly kind: "written" }
  /** The condition did not hold; `item` is what stands there, null where nothing does. */
  | { readonly kind: "unmet"; readonly item: Item | null }
  | TableFailure;

export interface Change {
  readonly set?: Attributes;
  readonly remove?: readonly string[];
}

export interface TableQuery {
  readonly pk: string;
  /** Only sort keys above this one. */
  readonly above?: string;
  /** Only sort keys at or below this one. */
  readonly upTo?: string;
  readonly limit: number;
  /** Highest sort key first. */
  readonly descending?: boolean;
  /** Default: false, which costs half. */
  readonly consistent?: boolean;
}

export interface Read {
  readonly kind: "read";
  readonly items: readonly Item[];
  /** There is more above the last one. */
  readonly more: boolean;
}

export interface Got {
  readonly kind: "got";
  /** In the order asked for; null: not there. */
  readonly items: readonly (Item | null)[];
}

/** One table in one region. */
export interface Table {
  put(item: Item, condition: Condition | null, done: Done<Written>): void;
  /** Changes attributes of an item; makes it where there is none and the condition allows. */
  update(key: ItemKey, change: Change, condition: Condition | null, done: Done<Written>): void;
  remove(key: ItemKey, done: Done<Written>): void;
  /** Any number of items; attributes only as far as the store has them at hand (`consistent`: what was written before). */
  get(keys: readonly ItemKey[], consistent: boolean, done: Done<Got | TableFailure>): void;
  /** Items of one partition in order of sort key; large items make fewer than `limit`. */
  query(query: TableQuery, done: Done<Read | TableFailure>): void;
  /**
   * Items that have the attribute `inbox` with this value, in order of their attribute `at`: a sparse index
   * (`inbox`), which shows a change a little later than the table. Keys, `inbox` and `at` only.
   */
  inbox(inbox: string, limit: number, done: Done<Read | TableFailure>): void;
}
