// What DynamoDB does between regions, for tests of one region: records of another region's journal appear in the table.
import type { Table } from "../../aws/dynamo/table.ts";
import type { Segment } from "../../core/ports.ts";
import { journalParts } from "../../core/records.ts";
import { entryItem, journalKey, pagedOf, pageItem, pagesOf } from "./items.ts";

const put = (table: Table, item: Parameters<Table["put"]>[0]): Promise<void> =>
  new Promise((done) => table.put(item, null, () => done()));

/** Puts the items that the writer of a segment wrote, as a replica has them in the end. */
export async function replicate(table: Table, { journal, records, from, to }: Segment): Promise<void> {
  const { region, incarnation } = journalParts(journal);
  for (const { record } of records) {
    if (record.kind === "entry") await put(table, entryItem(region, record));
  }
  const page = await new Promise<number>((done) =>
    table.query({ pk: pagesOf(journal), limit: 1_000, consistent: true }, (read) =>
      done(read.kind === "read" ? read.items.length + 1 : 0),
    ),
  );
  if (to > from) await put(table, pageItem({ journal, page, records: records.map(pagedOf), to, by: "test" }));
  await put(table, { ...journalKey(region, incarnation), attributes: { incarnation } });
}
