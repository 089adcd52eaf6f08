// What a journal's pages say up to one of them, in few items: so that whoever opens it reads those, and the pages after.
import { gunzipSync, gzipSync } from "node:zlib";
import type { Item, ItemKey, Table } from "../../aws/dynamo/table.ts";
import type { Done, PositionedRecord } from "../../core/ports.ts";
import { type JournalName, journalParts } from "../../core/records.ts";
import type { ForgottenCounts } from "../index/known.ts";
import { entryKey, recordsIn, startKey, textOfRecords } from "./items.ts";

/** A part of a checkpoint. */
export interface Part {
  readonly name: string;
  /** Highest position that it covers. */
  readonly to: number;
  /** Records that were in it when it was written. */
  readonly count: number;
}

/** Where what is kept of a journal begins. */
export interface JournalStart {
  /** What earlier pages said stands in the parts. */
  readonly page: number;
  readonly parts: readonly Part[];
  /** Entries up to this position are removed. */
  readonly pruned: number;
  /** Of those that are in no part any more. */
  readonly forgotten: ForgottenCounts;
}

export const noStart: JournalStart = { page: 1, parts: [], pruned: 0, forgotten: {} };

/** @param done null: the table did not answer */
export const startOf = (table: Table, journal: JournalName, done: Done<JournalStart | null>): void =>
  table.get([startKey(journal)], true, (got) => {
    if (got.kind === "failed") return done(null);
    const { page, pruned, parts, forgotten } = got.items[0]?.attributes ?? {};
    done({
      page: typeof page === "number" ? page : noStart.page,
      pruned: typeof pruned === "number" ? pruned : noStart.pruned,
      // Written by `Checkpointer`.
      parts: typeof parts === "string" ? (JSON.parse(parts) as readonly Part[]) : noStart.parts,
      forgotten: typeof forgotten === "string" ? (JSON.parse(forgotten) as ForgottenCounts) : noStart.forgotten,
    });
  });

export const partKey = (journal: JournalName, { name }: Pick<Part, "name">): ItemKey => ({
  pk: `${journal}#c`,
  sk: name,
});

/** Records of one part: as many as an item holds, however badly they can be packed. */
const mostRecords = 4_000;
const mostBytes = 300_000;

/** @param newName random, never used before: two who write the same do not write over each other */
export const partsOf = (
  journal: JournalName,
  records: readonly PositionedRecord[],
  to: number,
  newName: () => string,
): readonly { readonly part: Part; readonly item: Item }[] => {
  const pack = (some: readonly PositionedRecord[], upTo: number): readonly { part: Part; item: Item }[] => {
    const text = gzipSync(textOfRecords(some)).toString("base64");
    if ((text.length > mostBytes || some.length > mostRecords) && some.length > 1) {
      const half = some.length >> 1;
      return [...pack(some.slice(0, half), some[half - 1]?.position ?? upTo), ...pack(some.slice(half), upTo)];
    }
    const part = { name: newName(), to: upTo, count: some.length };
    return [{ part, item: { ...partKey(journal, part), attributes: { records: text } } }];
  };
  return pack(records, to);
};

const recordsOfPart = ({ attributes: { records } }: Item): readonly PositionedRecord[] =>
  recordsIn(gunzipSync(Buffer.from(String(records), "base64")).toString());

/** Entries whose items are looked for together. */
const entriesAtOnce = 1_000;

export type PartsRead =
  | {
      readonly kind: "read";
      readonly parts: readonly { readonly part: Part; readonly records: readonly PositionedRecord[] }[];
    }
  /** A part, or an entry that one names, has not arrived. */
  | { readonly kind: "waits" }
  | { readonly kind: "failed" };

/**
 * Reads parts above a position, all or none.
 *
 * @param isHere entries that are not looked for
 */
export const readParts = (
  table: Table,
  journal: JournalName,
  parts: readonly Part[],
  isHere: (position: number) => boolean,
  done: Done<PartsRead>,
): void => {
  if (parts.length === 0) return done({ kind: "read", parts: [] });
  table.get(
    parts.map((part) => partKey(journal, part)),
    true,
    (got) => {
      if (got.kind === "failed") return done(got);
      const read = parts.flatMap((part, at) => {
        const item = got.items[at] ?? null;
        return item === null ? [] : [{ part, records: recordsOfPart(item) }];
      });
      if (read.length < parts.length) return done({ kind: "waits" });
      const { region } = journalParts(journal);
      const named = read.flatMap(({ records }) =>
        records.flatMap(({ position, record }) =>
          record.kind === "entry" && !isHere(position) ? [entryKey(region, record.identity)] : [],
        ),
      );
      allThere(table, named, (well) => {
        if (well === null) done({ kind: "failed" });
        else done(well ? { kind: "read", parts: read } : { kind: "waits" });
      });
    },
  );
};

/** @param done null: the table did not answer */
const allThere = (table: Table, keys: readonly ItemKey[], done: Done<boolean | null>): void => {
  if (keys.length === 0) return done(true);
  table.get(keys.slice(0, entriesAtOnce), true, (got) => {
    if (got.kind === "failed") return done(null);
    if (got.items.includes(null)) return done(false);
    allThere(table, keys.slice(entriesAtOnce), done);
  });
};
