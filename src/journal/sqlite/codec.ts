import type { EntryRecord, JournalRecord, Vector } from "../../core/records.ts";

/** Numbers of the kinds in the table `record`. Part of the file format. */
export const kinds = {
  entry: 0,
  settlement: 1,
  resubmit: 2,
  switch: 3,
  handback: 4,
  conflict: 5,
  cursor: 6,
  pruned: 7,
  consumer: 8,
} as const;

/** A record as it lies in the table and crosses to the worker: nothing in it is parsed on the way. */
export type Row = readonly [
  kind: number,
  identity: string | null,
  key: string | null,
  time: number,
  /** Entries: sequence and after, null where both are empty. */
  more: string | null,
  /** Entries: the payload. Others: the record as JSON. */
  body: string,
];

interface More {
  readonly sequence: { readonly of: string; readonly number: number } | null;
  readonly after: Vector;
}

const nothingMore: More = { sequence: null, after: {} };

export const encode = (record: JournalRecord): Row => {
  switch (record.kind) {
    case "entry":
      return [kinds.entry, record.identity, record.key, record.acceptedAt, encodeMore(record), record.payload];
    case "settlement":
    case "resubmit":
    case "conflict":
      return [kinds[record.kind], record.identity, null, record.time, null, JSON.stringify(record)];
    default:
      return [kinds[record.kind], null, null, 0, null, JSON.stringify(record)];
  }
};

const encodeMore = ({ sequence, after }: More): string | null => {
  if (sequence === null && Object.keys(after).length === 0) return null;
  return JSON.stringify({ sequence, after });
};

/** The number of an entry, from the column `more`. */
export const sequenceIn = (more: string | null): EntryRecord["sequence"] =>
  more === null || more.startsWith('{"sequence":null') ? null : (JSON.parse(more) as More).sequence;

/** A row of kind `entry`. */
export const entryOf = (row: Row): EntryRecord => {
  const entry = decode(row);
  if (entry.kind !== "entry") throw new Error(`An entry was looked for where a ${entry.kind} stands`);
  return entry;
};

export const decode = (row: Row): JournalRecord => {
  const [kind, identity, key, acceptedAt, more, body] = row;
  if (kind !== kinds.entry) return JSON.parse(body) as JournalRecord;
  const { sequence, after } = more === null ? nothingMore : (JSON.parse(more) as More);
  return { kind: "entry", identity: identity ?? "", key, sequence, payload: body, acceptedAt, after };
};
