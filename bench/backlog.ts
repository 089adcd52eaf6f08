// A backlog in the journal of a region that is down, as if it had gone down with it.
import type { EntryRecord } from "../src/core/records.ts";
import { openSqliteJournal } from "../src/journal/sqlite/journal.ts";

/** What an entry of a sending connector is made of; the event is a CloudEvent of the hub. */
export interface BacklogEvent {
  readonly id: string;
  readonly source: string;
  readonly partitionkey: string;
}

const batch = 1_000;

/**
 * Writes open entries of a connector that sends into the journal that its region writes.
 *
 * @param folder state folder of the region, which has run before and is down
 */
export const fillBacklog = async (
  folder: string,
  region: string,
  connector: string,
  count: number,
  eventOf: (index: number) => BacklogEvent,
): Promise<void> => {
  const journal = openSqliteJournal({ folder, region });
  journal.begin(journal.highestIncarnation);
  for (let from = 0; from < count; from += batch) {
    const length = Math.min(batch, count - from);
    const records = Array.from({ length }, (_, index) => entryOf(eventOf(from + index)));
    await new Promise<void>((done, failed) =>
      journal.write(connector, records, (answer) =>
        answer.kind === "written" ? done() : failed(new Error(answer.detail)),
      ),
    );
  }
  await journal.close();
};

const entryOf = (event: BacklogEvent): EntryRecord => ({
  kind: "entry",
  identity: `${event.source} ${event.id}`,
  key: event.partitionkey,
  sequence: null,
  payload: JSON.stringify(event),
  acceptedAt: Date.now(),
  after: {},
});
