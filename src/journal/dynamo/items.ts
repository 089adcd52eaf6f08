// How journals lie in a connector's table. Every partition key begins with the region that writes the item.
import { createHash } from "node:crypto";
import type { Item, ItemKey } from "../../aws/dynamo/table.ts";
import type { Clock, PositionedRecord } from "../../core/ports.ts";
import type { ConflictRecord, EntryRecord, JournalName, JournalRecord } from "../../core/records.ts";
import { lightened } from "../index/known.ts";

/** What a partition key may hold, less what stands before the identity. Bytes. */
const longestIdentity = 1_800;
const pageDigits = 12;

export const entryKey = (region: string, identity: string): ItemKey => ({
  pk: `${region}#e#${Buffer.byteLength(identity) <= longestIdentity ? identity : digestOf(identity)}`,
  sk: "e",
});

const digestOf = (identity: string): string => `sha256:${createHash("sha256").update(identity).digest("base64url")}`;

export const pagesOf = (journal: JournalName): string => `${journal}#p`;
export const pageKey = (journal: JournalName, page: number): ItemKey => ({ pk: pagesOf(journal), sk: pageText(page) });
export const pageText = (page: number): string => String(page).padStart(pageDigits, "0");
export const pageNumber = ({ sk }: ItemKey): number => Number(sk);
/** Where the pages of a journal begin, once earlier ones were removed. */
export const startKey = (journal: JournalName): ItemKey => ({ pk: `${journal}#o`, sk: "start" });

/** The journals that a region has begun. */
export const journalsOfRegion = (region: string): string => `${region}#j`;
export const journalKey = (region: string, incarnation: number): ItemKey => ({
  pk: journalsOfRegion(region),
  sk: String(incarnation).padStart(16, "0"),
});

/**
 * An entry.
 *
 * @param waits whether it stands in its region's inbox, for a number; one that is written with others is nothing before a
 * page names it
 */
export const entryItem = (region: string, { payload, kind: _, ...entry }: EntryRecord, waits = true): Item => {
  const attributes = { entry: JSON.stringify(entry), payload };
  const inbox = waits ? { inbox: region, at: entry.acceptedAt } : {};
  return { ...entryKey(region, entry.identity), attributes: { ...attributes, ...inbox } };
};

/** Whether an entry waits for its number, or has it: otherwise nobody was told that it was accepted. */
export const isAccepted = (item: Item): boolean =>
  !isExpiring(item) && (item.attributes.inbox !== undefined || placeIn(item) !== null);

/** Whether an entry is forgotten: its identity may be given again before the item is gone. */
export const isExpiring = ({ attributes: { ttl } }: Item): boolean => ttl !== undefined;

/** What is forgotten is there for this much longer: somebody may be reading it. Seconds. */
const expiresAfterS = 3_600;

/** When an item that is forgotten now is gone at the earliest: wall clock, seconds. */
export const expiryAt = (clock: Clock): number => Math.floor(clock.wallMs() / 1_000) + expiresAfterS;

/** A conflict that waits to be listed, in its region's inbox. */
export const conflictItem = (region: string, conflict: ConflictRecord): Item => ({
  pk: `${region}#x#${entryKey(region, conflict.identity).pk.slice(region.length + 3)}`,
  sk: String(conflict.time),
  attributes: { conflict: JSON.stringify(conflict), inbox: region, at: conflict.time },
});

/** null: no conflict. */
export const conflictIn = ({ attributes: { conflict } }: Item): ConflictRecord | null =>
  // Written by `conflictItem`.
  typeof conflict === "string" ? (JSON.parse(conflict) as ConflictRecord) : null;

/** null: no entry of ours, or one whose payload is elsewhere. */
export const entryIn = ({ attributes: { entry, payload } }: Item): EntryRecord | null => {
  if (typeof entry !== "string" || typeof payload !== "string") return null;
  // Written by `entryItem`.
  return { kind: "entry", ...(JSON.parse(entry) as Omit<EntryRecord, "kind" | "payload">), payload };
};

/** Where an entry was numbered; null: it was not, as far as its item says. */
export const placeIn = ({
  attributes: { journal, position },
}: Item): { journal: JournalName; position: number } | null =>
  typeof journal === "string" && typeof position === "number" ? { journal: journal as JournalName, position } : null;

export interface Page {
  readonly journal: JournalName;
  readonly page: number;
  /** Of an entry everything but the payload, which its item holds. */
  readonly records: readonly PositionedRecord[];
  /** Highest position that it covers, also where the records of it are gone. */
  readonly to: number;
  /** Random, of the process's attempt: tells whether an unanswered put was one's own. */
  readonly by: string;
}

export const pageItem = ({ journal, page, records, to, by }: Page): Item => ({
  ...pageKey(journal, page),
  attributes: { records: textOfRecords(records), to, by },
});

export const pageIn = (journal: JournalName, item: Item): Page => {
  const { records, to, by } = item.attributes;
  return { journal, page: pageNumber(item), records: recordsIn(String(records)), to: Number(to), by: String(by) };
};

/** Records as pages and checkpoints hold them. */
export const textOfRecords = (records: readonly PositionedRecord[]): string =>
  JSON.stringify(records.map(({ position, record }) => [position, lightOf(record)]));

export const recordsIn = (text: string): readonly PositionedRecord[] => {
  // Written by `textOfRecords`.
  const pairs = JSON.parse(text) as readonly (readonly [number, JournalRecord])[];
  return pairs.map(([position, record]) => ({ position, record }));
};

export const lightOf = (record: JournalRecord): JournalRecord => (record.kind === "entry" ? lightened(record) : record);
