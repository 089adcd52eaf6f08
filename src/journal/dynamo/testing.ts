// What DynamoDB does between regions, for tests of one region: records of another region's journal appear in the table.
import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, Segment, StoreFailure } from "../../core/ports.ts";
import { journalParts } from "../../core/records.ts";
import { entryItem, journalKey, pageItem, pagesOf } from "./items.ts";
import { DynamoJournal, type DynamoJournalOptions } from "./journal.ts";

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
  if (to > from) await put(table, pageItem({ journal, page, records, to, by: "test" }));
  await put(table, { ...journalKey(region, incarnation), attributes: { incarnation } });
}

/** A journal to which segments come as on DynamoDB: in the table first, one after the other. */
export class ReplicatedJournal extends DynamoJournal {
  readonly #tableOf: (connector: string) => Table;
  readonly #removeTable: (connector: string) => void;
  #turn: Promise<void> = Promise.resolve();

  /** @param removeTable what removing a connector does to its table */
  constructor(options: DynamoJournalOptions, removeTable: (connector: string) => void) {
    super(options);
    this.#tableOf = options.table;
    this.#removeTable = removeTable;
  }

  override apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void {
    this.#turn = this.#turn.then(() => this.#replicated(segment)).then((fresh) => super.apply(fresh, done));
  }

  override drop(connector: string, done: Done<void>): void {
    this.#removeTable(connector);
    super.drop(connector, done);
  }

  async #replicated(segment: Segment): Promise<Segment> {
    const { connector, journal, from, to, records } = segment;
    const held = this.vector(connector)[journal] ?? 0;
    if (from > held || to <= held) return segment;
    const fresh = { ...segment, from: held, records: records.filter(({ position }) => position > held) };
    await replicate(this.#tableOf(connector), fresh);
    return fresh;
  }
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
