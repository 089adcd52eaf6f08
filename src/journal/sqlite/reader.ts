import type { DatabaseSync } from "node:sqlite";
import type { IdentityReport, ListQuery, OpenEntry, OpenQuery, PositionedRecord, Segment } from "../../core/ports.ts";
import type { JournalName, Vector } from "../../core/records.ts";
import { needsPerson } from "../../core/settlement.ts";
import { row, rows } from "../../sqlite/query.ts";
import { decode, entryOf, kinds, type Row } from "./codec.ts";
import { type Facts, IdentityReader, stateOfFacts } from "./identities.ts";
import type { ConnectorState } from "./messages.ts";
import { OfferReader, placesOfIds } from "./offers.ts";
import { positionOf, recordId, span } from "./schema.ts";
import { SeriesReader } from "./series.ts";

/** A segment carries about this much at most, whatever the limit asked for: memory stays flat with large payloads. */
const mostBytes = 4_000_000;

type Stored = readonly [id: number, ...Row];
type StoredOpen = readonly [id: number, round: number, ...Row];

const columns = "r.id, r.kind, r.identity, r.key, r.time, r.more, r.body";
const openColumns = "r.id, o.round, r.kind, r.identity, r.key, r.time, r.more, r.body";

/** Answers from committed records, in the main thread: small indexed reads, never a scan. */
export class JournalReader {
  readonly #database: DatabaseSync;
  readonly #identities: IdentityReader;
  readonly feed: OfferReader;
  readonly series: SeriesReader;
  readonly #segment;
  readonly #open;
  readonly #openOfKey;
  readonly #anyOpen;
  readonly #anyOpenOfKey;
  readonly #record;
  readonly #lastDelivered;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#identities = new IdentityReader(database);
    this.feed = new OfferReader(database, this.#identities);
    this.series = new SeriesReader(database);
    this.#segment = database.prepare(
      `SELECT ${columns} FROM record r WHERE r.id > ? AND r.id <= ? ORDER BY r.id LIMIT ?`,
    );
    const open = `SELECT ${openColumns} FROM open o JOIN record r ON r.id = o.id`;
    const range = "o.id > ? AND o.id <= ?";
    this.#open = database.prepare(`${open} WHERE ${range} ORDER BY o.id LIMIT ?`);
    this.#openOfKey = database.prepare(`${open} WHERE ${range} AND o.key = ? ORDER BY o.id LIMIT ?`);
    for (const statement of [this.#segment, this.#open, this.#openOfKey]) statement.setReturnArrays(true);
    this.#anyOpen = row<[number]>(database, `SELECT 1 FROM open o WHERE ${range} LIMIT 1`);
    this.#anyOpenOfKey = row<[number]>(database, `SELECT 1 FROM open o WHERE ${range} AND o.key = ? LIMIT 1`);
    this.#lastDelivered = row<[time: number | null]>(
      database,
      "SELECT max((SELECT max(time) FROM delivered d WHERE d.chain = c.number)) FROM chain c WHERE c.connector = ? AND c.site = ?",
    );
    this.#record = row<
      [kind: number, identity: string, key: string | null, time: number, more: string | null, body: string]
    >(database, "SELECT kind, identity, key, time, more, body FROM record WHERE id = ?");
  }

  segment(state: ConnectorState, journal: JournalName, above: number, limit: number): Segment {
    const { name: connector } = state;
    const number = state.numbers[journal];
    const end = state.vector[journal] ?? 0;
    if (number === undefined || above >= end) return { connector, journal, from: above, to: above, records: [] };
    const records: PositionedRecord[] = [];
    let bytes = 0;
    for (const stored of this.#segment.iterate(recordId(number, above), recordId(number, end), limit)) {
      const [id, ...record] = stored as unknown as Stored;
      records.push({ position: positionOf(id), record: decode(record) });
      bytes += record[5].length;
      if (bytes > mostBytes) break;
    }
    const cut = records.length >= limit || bytes > mostBytes;
    return { connector, journal, from: above, to: cut ? (records.at(-1)?.position ?? above) : end, records };
  }

  open(state: ConnectorState, query: OpenQuery): readonly OpenEntry[] {
    const found: OpenEntry[] = [];
    for (const journal of query.journals) {
      const number = state.numbers[journal];
      if (number === undefined) continue;
      const from = recordId(number, query.above[journal] ?? 0);
      const end = state.vector[journal] ?? 0;
      const to = recordId(number, query.upTo === undefined ? end : Math.min(end, query.upTo[journal] ?? 0));
      for (const stored of this.#openRows(from, to, query.key, query.limit - found.length)) {
        const [id, round, ...record] = stored;
        found.push({ ...entryOf(record), journal, position: positionOf(id), round });
        if (found.length >= query.limit) return found;
      }
    }
    return found;
  }

  anyOpen(state: ConnectorState, upTo: Vector, key: string | null): boolean {
    return Object.entries(upTo).some(([journal, position]) => {
      const number = state.numbers[journal as JournalName];
      if (number === undefined) return false;
      const range = [recordId(number, 0), recordId(number, position)] as const;
      return (key === null ? this.#anyOpen(...range) : this.#anyOpenOfKey(...range, key)) !== undefined;
    });
  }

  oldestPendingAt(state: ConnectorState): number | null {
    let oldest: number | null = null;
    for (const number of Object.values(state.numbers)) {
      for (const [, , , , , time] of this.#openRows(recordId(number, 0), recordId(number, span - 1), undefined, 1)) {
        if (oldest === null || time < oldest) oldest = time;
      }
    }
    return oldest;
  }

  lastDeliveredAt({ number }: ConnectorState, site: string): number | null {
    return this.#lastDelivered(number, site)?.[0] ?? null;
  }

  troubledKeys({ number }: ConnectorState): readonly string[] {
    const keys = rows<[key: string]>(
      this.#database,
      `SELECT r.key FROM trouble t JOIN record r ON r.id = t.anchor WHERE t.connector = ?1 AND r.kind = ${kinds.entry} AND r.key IS NOT NULL
       UNION
       SELECT r.key FROM trouble t JOIN fact f ON f.anchor = t.anchor JOIN record r ON r.id = f.id
       WHERE t.connector = ?1 AND r.kind = ${kinds.entry} AND r.key IS NOT NULL`,
    );
    return keys(number).map(([key]) => key);
  }

  /** What is known of the identity that stands at an anchor. */
  report(state: ConnectorState, anchor: number): IdentityReport | null {
    const found = this.#identities.at(anchor);
    return found === undefined ? null : this.#report(state, found.identity, this.#identities.facts(found));
  }

  list(state: ConnectorState, query: ListQuery): readonly IdentityReport[] {
    const { what, limit, since = 0 } = query;
    const sql =
      what === "conflict"
        ? "SELECT DISTINCT anchor FROM conflict WHERE connector = ? AND time >= ? AND ?3 IS NOT NULL ORDER BY time LIMIT ?4"
        : "SELECT anchor FROM trouble WHERE connector = ? AND time >= ? AND outcome = ?3 ORDER BY time LIMIT ?4";
    const found = rows<[anchor: number]>(this.#database, sql)(state.number, since, what, limit);
    return found.map(([anchor]) => this.report(state, anchor)).filter((report) => report !== null);
  }

  /**
   * Whether the record counts as settled before the time; true for what is no entry. False also where it cannot be told
   * yet: an entry that came second to an identity, whose anchor is not in the table so far.
   */
  isSettledBefore(state: ConnectorState, journal: JournalName, position: number, time: number): boolean {
    const id = recordId(state.numbers[journal] ?? 0, position);
    const record = this.#identities.at(id);
    if (record === undefined || record.first.kind !== kinds.entry) return true;
    if (this.#anyOpen(id - 1, id) !== undefined) return false;
    const { identity } = record;
    const before = (facts: Facts): boolean => {
      const is = stateOfFacts(facts, state.switches);
      return is?.kind === "settled" && is.settlement.time < time && !needsPerson(is.settlement.outcome);
    };
    const own = this.#identities.facts(record);
    if (own.settlements.length > 0) return before(own);
    const found = this.#identities.find(this.#identities.hash(state.number, identity), identity);
    return found !== undefined && before(this.#identities.facts(found));
  }

  #openRows(from: number, to: number, key: string | undefined, limit: number): Iterable<StoredOpen> {
    const found =
      key === undefined ? this.#open.iterate(from, to, limit) : this.#openOfKey.iterate(from, to, key, limit);
    return found as Iterable<unknown> as Iterable<StoredOpen>;
  }

  #report(state: ConnectorState, identity: string, facts: Facts): IdentityReport | null {
    const is = stateOfFacts(facts, state.switches);
    const first = facts.entries[0];
    if (is === null || first === undefined) return null;
    return {
      connector: state.name,
      identity,
      round: is.round,
      outcome: is.kind === "open" ? null : is.settlement.outcome,
      entries: placesOfIds(state, facts.entries).map(({ id: _, bytes: __, sequence: ___, ...entry }) => entry),
      settlements: facts.settlements.map(({ id: _, ...settlement }) => settlement),
      resubmissions: placesOfIds(state, facts.resubmits).map(({ id: _, ...resubmission }) => resubmission),
      payload: this.#record(first.id)?.[5] ?? "",
    };
  }
}
