// A duty's row at one voter, as an item of the regional table.
import type { Item, ItemKey } from "../../aws/dynamo/table.ts";
import type { Row, StoredLease } from "../../core/voter-row.ts";

export interface TableLease extends StoredLease {
  /** Of the item when it was granted last: for as long as this is the same nobody renewed it. */
  readonly at: number;
  readonly released: boolean;
  /** Known from another voter only. */
  readonly told: boolean;
}

export interface TableRow extends Row<TableLease> {
  /** Made after the table was lost, or first of all: what was granted before may still run. */
  readonly recovered: boolean;
}

/** What stands at a voter for one duty. */
export interface VoterItem {
  readonly version: number;
  /** null: nothing was ever granted, or all was lost. */
  readonly row: TableRow | null;
  /** Of the write that made this version. */
  readonly writer: string;
  /** Who wanted the duty last, and of which of its reads; null: nobody. */
  readonly wantedBy: string | null;
  readonly wanted: string | null;
}

export const voterKey = (duty: string): ItemKey => ({ pk: "voter", sk: duty });

/** @param item of a regional table; null: none stands there */
export const voterItemOf = (item: Item | null): VoterItem => {
  const { version = 0, row, writer = "", wantedBy, wanted } = item?.attributes ?? {};
  return {
    version: Number(version),
    row: row === undefined ? null : (JSON.parse(String(row)) as TableRow),
    writer: String(writer),
    wantedBy: wantedBy === undefined ? null : String(wantedBy),
    wanted: wanted === undefined ? null : String(wanted),
  };
};
