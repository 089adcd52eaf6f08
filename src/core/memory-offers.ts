import { isWithin, offeredAt, type Places } from "./feed-offers.ts";
import type { Offer, OfferPage, OpenEntry, PositionedRecord, Unread } from "./journal-port.ts";
import type { EntryRecord, JournalName, Outcome, Vector } from "./records.ts";
import { covers, positionOf } from "./vector.ts";

/** A journal that is held in memory. */
export interface JournalInMemory {
  readonly name: JournalName;
  /** In order of position. */
  readonly records: readonly PositionedRecord[];
  readonly last: number;
  readonly pruned: number;
}

/** What is known of an identity that has an entry. */
export interface Offered extends Places {
  readonly entry: OpenEntry;
  readonly outcome: Outcome | null;
}

/** What a journal in memory answers to `offers`. */
export const offersInMemory = (
  journals: readonly JournalInMemory[],
  above: Vector,
  limit: number,
  known: (identity: string) => Offered | null,
): OfferPage => {
  const vector = Object.fromEntries(journals.map(({ name, last }) => [name, last]));
  const offers: Offer[] = [];
  const upTo: Record<JournalName, number> = { ...above };
  let more = false;
  for (const { name: journal, records, last, pruned } of journals) {
    const from = Math.max(positionOf(above, journal), pruned);
    upTo[journal] = Math.max(from, last);
    let taken = 0;
    for (const { position, record } of records.slice(firstAbove(records, from))) {
      if (record.kind !== "entry" && record.kind !== "resubmit") continue;
      const found = known(record.identity);
      const isComing = found === null && record.kind === "resubmit" && !covers(vector, record.of);
      if (isComing || taken === limit) {
        upTo[journal] = position - 1;
        more ||= !isComing;
        break;
      }
      if (found === null) continue;
      const places = offeredAt(found);
      if (!places.some((place) => place.journal === journal && place.position === position)) continue;
      const within = places.some((place) => isWithin(place, above));
      taken += 1;
      // Of an identity in several journals each place has an entry of its own.
      const entry = record.kind === "entry" ? { ...record, journal, position } : found.entry;
      offers.push({ ...entry, round: found.entry.round, at: { journal, position }, outcome: found.outcome, within });
    }
  }
  return { offers, upTo, more };
};

/** What a journal in memory answers to `unread`. */
export const unreadInMemory = (journals: readonly JournalInMemory[], above: Vector): Unread => {
  const times = journals.flatMap(({ name, records, pruned }) =>
    entriesAbove(records, Math.max(positionOf(above, name), pruned)).map(({ acceptedAt }) => acceptedAt),
  );
  return { entries: times.length, oldestAt: times.length === 0 ? null : Math.min(...times) };
};

/** What a journal in memory answers to `placesBefore`. */
export const placesBeforeInMemory = (journals: readonly JournalInMemory[], time: number): Vector =>
  Object.fromEntries(
    journals.map(({ name, records, last }) => {
      const first = records.find(({ record }) => record.kind === "entry" && record.acceptedAt >= time);
      return [name, first === undefined ? last : first.position - 1];
    }),
  );

const entriesAbove = (records: readonly PositionedRecord[], from: number): EntryRecord[] =>
  records.slice(firstAbove(records, from)).flatMap(({ record }) => (record.kind === "entry" ? [record] : []));

/** Index of the first record above a position. */
export const firstAbove = (records: readonly PositionedRecord[], above: number): number => {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.position ?? 0) > above) high = middle;
    else low = middle + 1;
  }
  return low;
};
