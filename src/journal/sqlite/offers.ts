import type { DatabaseSync } from "node:sqlite";
import { isWithin, offeredAt, type Places } from "../../core/feed-offers.ts";
import type { Offer, OfferPage, Place, Unread } from "../../core/ports.ts";
import type { EntryRecord, JournalName, ResubmitRecord, Vector } from "../../core/records.ts";
import { covers, joined, journalsIn, positionOf as placeIn } from "../../core/vector.ts";
import { row, rows } from "../../sqlite/query.ts";
import { entryOf, kinds, type Row } from "./codec.ts";
import { type Facts, type IdentityReader, stateOfFacts } from "./identities.ts";
import type { ConnectorState } from "./messages.ts";
import { journalOf, positionOf, recordId } from "./schema.ts";

/** Offers of one page carry about this much at most: many readers may be served at once. */
const mostBytes = 1_000_000;
/** Records of one journal looked at in one call: settlements and others stand between what is offered. */
const mostRecords = 2_000;
/** Open entries of one journal counted at most. */
const mostCounted = 100_000;

/** A row that may be an offer; of other kinds the body is left out. */
type Stored = readonly [id: number, hangsOn: number | null, hasFacts: number, ...Row];

/** Answers what readers of a feed ask, from committed records: cost goes with the page, not with the journal. */
export class OfferReader {
  readonly #identities: IdentityReader;
  readonly #above;
  readonly #kindsAbove;
  readonly #firstOpen;
  readonly #countOpen;
  readonly #timed;
  readonly #record;

  constructor(database: DatabaseSync, identities: IdentityReader) {
    this.#identities = identities;
    const range = "r.id > ? AND r.id <= ? ORDER BY r.id LIMIT ?";
    this.#above = database.prepare(
      `SELECT r.id, CASE WHEN r.kind IN (${kinds.entry}, ${kinds.resubmit}) THEN (SELECT anchor FROM hung h WHERE h.id = r.id) END,
         r.kind = ${kinds.entry} AND EXISTS (SELECT 1 FROM fact f WHERE f.anchor = r.id),
         r.kind, r.identity, r.key, r.time, r.more, CASE WHEN r.kind IN (${kinds.entry}, ${kinds.resubmit}) THEN r.body ELSE '' END
       FROM record r WHERE ${range}`,
    );
    this.#above.setReturnArrays(true);
    this.#kindsAbove = rows<[kind: number, time: number]>(
      database,
      `SELECT r.kind, r.time FROM record r WHERE ${range}`,
    );
    this.#firstOpen = row<[time: number]>(
      database,
      "SELECT r.time FROM open o JOIN record r ON r.id = o.id WHERE o.id > ? AND o.id <= ? ORDER BY o.id LIMIT 1",
    );
    this.#countOpen = row<[count: number]>(
      database,
      "SELECT count(*) FROM (SELECT 1 FROM open o WHERE o.id > ? AND o.id <= ? LIMIT ?)",
    );
    this.#timed = row<[id: number, time: number]>(
      database,
      "SELECT id, time FROM record WHERE id >= ? AND id <= ? AND time > 0 ORDER BY id LIMIT 1",
    );
    this.#record = row<[...Row]>(database, "SELECT kind, identity, key, time, more, body FROM record WHERE id = ?");
  }

  offers(state: ConnectorState, above: Vector, limit: number): OfferPage {
    const from = joined(above, state.pruned);
    const journals = journalsIn(state.vector).filter((name) => placeIn(state.vector, name) > placeIn(from, name));
    const offers: Offer[] = [];
    const upTo: Record<JournalName, number> = { ...from };
    let more = false;
    for (const journal of journals) {
      const bytes = mostBytes / journals.length;
      const looked = this.#ofJournal(state, journal, { above, from: placeIn(from, journal), limit, bytes });
      offers.push(...looked.offers);
      upTo[journal] = looked.upTo;
      more ||= looked.more;
    }
    return { offers, upTo, more };
  }

  #ofJournal(
    state: ConnectorState,
    journal: JournalName,
    { above, from, limit, bytes }: { above: Vector; from: number; limit: number; bytes: number },
  ): { offers: readonly Offer[]; upTo: number; more: boolean } {
    const number = state.numbers[journal] ?? 0;
    const end = placeIn(state.vector, journal);
    const offers: Offer[] = [];
    let upTo = from;
    let size = 0;
    let looked = 0;
    for (const stored of this.#above.iterate(recordId(number, from), recordId(number, end), mostRecords)) {
      const [id, hangsOn, hasFacts, ...record] = stored as unknown as Stored;
      const at = { journal, position: positionOf(id) };
      const made = this.#offer(state, at, { id, hangsOn, hasFacts: hasFacts === 1, record }, above);
      if (made === "coming") return { offers, upTo: at.position - 1, more: false };
      looked += 1;
      upTo = at.position;
      if (made === null) continue;
      offers.push(made);
      size += made.payload.length;
      if (offers.length >= limit || size > bytes) break;
    }
    const cut = offers.length >= limit || size > bytes || looked >= mostRecords;
    return { offers, upTo: cut ? upTo : end, more: cut && upTo < end };
  }

  /** @returns null: nothing is offered there; `coming`: a resubmission whose entry is not here yet */
  #offer(
    state: ConnectorState,
    at: Place,
    { id, hangsOn, hasFacts, record }: { id: number; hangsOn: number | null; hasFacts: boolean; record: Row },
    above: Vector,
  ): Offer | "coming" | null {
    const [kind] = record;
    if (kind !== kinds.entry && kind !== kinds.resubmit) return null;
    if (kind === kinds.entry && hangsOn === null && !hasFacts) {
      return { ...entryOf(record), ...at, at, round: 0, outcome: null, within: false };
    }
    const found = this.#identities.at(hangsOn ?? id);
    const facts = found === undefined ? null : this.#identities.facts(found);
    const is = facts === null ? null : stateOfFacts(facts, state.switches);
    if (facts === null || is === null) return covers(state.vector, named(record)) ? null : "coming";
    const places = offeredAt(placesOf(state, facts));
    if (!places.some(({ journal, position }) => journal === at.journal && position === at.position)) return null;
    const outcome = is.kind === "open" ? null : is.settlement.outcome;
    const within = places.some((place) => isWithin(place, above));
    const offered = { at, round: is.round, outcome, within };
    if (kind === kinds.entry) return { ...entryOf(record), ...at, ...offered };
    const entry = this.#first(state, facts);
    return entry === null ? null : { ...entry, ...offered };
  }

  #first(state: ConnectorState, facts: Facts): (EntryRecord & Place) | null {
    const [first] = facts.entries;
    const stored = first === undefined ? undefined : this.#record(first.id);
    const [place] = first === undefined ? [] : placesOfIds(state, [first]);
    return stored === undefined || place === undefined ? null : { ...entryOf(stored), ...place };
  }

  unread(state: ConnectorState, above: Vector): Unread {
    const each = journalsIn(state.vector).map((journal) => {
      const from = Math.max(placeIn(above, journal), placeIn(state.pruned, journal));
      return this.#unreadOf(state.numbers[journal] ?? 0, from, placeIn(state.vector, journal));
    });
    const times = each.flatMap(({ oldestAt }) => oldestAt ?? []);
    return {
      entries: each.reduce((sum, { entries }) => sum + entries, 0),
      oldestAt: times.length === 0 ? null : Math.min(...times),
    };
  }

  /** Counts the next records, and where there are more of them what is open: of what all have read nothing is. */
  #unreadOf(number: number, from: number, end: number): Unread {
    const range = [recordId(number, from), recordId(number, end)] as const;
    const next = this.#kindsAbove(...range, mostRecords);
    const times = next.flatMap(([kind, time]) => (kind === kinds.entry ? [time] : []));
    const [oldestAt = this.#firstOpen(...range)?.[0] ?? null] = times;
    if (next.length < mostRecords) return { entries: times.length, oldestAt };
    const open = this.#countOpen(...range, mostCounted)?.[0] ?? 0;
    return { entries: open === mostCounted ? end - from : Math.max(times.length, open), oldestAt };
  }

  placesBefore(state: ConnectorState, time: number): Vector {
    const places = journalsIn(state.vector).map((journal) => [journal, this.#lastBefore(state, journal, time)]);
    return Object.fromEntries(places);
  }

  /** The records of a journal were written in the order of its writer's clock, but for the steps of that. */
  #lastBefore(state: ConnectorState, journal: JournalName, time: number): number {
    const number = state.numbers[journal] ?? 0;
    const end = placeIn(state.vector, journal);
    let low = placeIn(state.pruned, journal);
    let high = end;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const found = this.#timed(recordId(number, middle), recordId(number, high));
      if (found !== undefined && found[1] < time) low = positionOf(found[0]);
      else high = middle - 1;
    }
    const isLast = this.#timed(recordId(number, low + 1), recordId(number, end)) === undefined;
    return isLast ? end : low;
  }
}

/** Places of the entries that a resubmission names. */
const named = ([kind, , , , , body]: Row): Vector =>
  kind === kinds.resubmit ? (JSON.parse(body) as ResubmitRecord).of : {};

const placesOf = (state: ConnectorState, { entries, resubmits }: Facts): Places => ({
  entries: placesOfIds(state, entries),
  resubmissions: placesOfIds(state, resubmits),
});

/** The places of records, without those of journals that the main thread was not told of yet. */
export const placesOfIds = <T extends { readonly id: number }>(
  { numbers }: ConnectorState,
  records: readonly T[],
): (T & Place)[] =>
  records.flatMap((record) => {
    const journal = journalsIn(numbers).find((name) => numbers[name] === journalOf(record.id));
    return journal === undefined ? [] : [{ ...record, journal, position: positionOf(record.id) }];
  });
