import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { ConflictRecord, ResubmitRecord, SettlementRecord } from "../../core/records.ts";
import { type EntryState, type KnownSwitch, stateOf } from "../../core/settlement.ts";
import { row, rows } from "../../sqlite/query.ts";
import { kinds } from "./codec.ts";

export interface EntryFact {
  readonly id: number;
  readonly key: string | null;
  readonly acceptedAt: number;
  /** Of the payload. */
  readonly bytes: number;
}

/** All that the known journals say of one identity. */
export interface Facts {
  readonly entries: readonly EntryFact[];
  readonly settlements: readonly (SettlementRecord & { readonly id: number })[];
  readonly conflicts: readonly { readonly id: number; readonly time: number }[];
  /** Ids of the resubmissions. */
  readonly resubmits: readonly number[];
  /** Highest round that one of them opened. */
  readonly round: number;
}

export const noFacts: Facts = { entries: [], settlements: [], conflicts: [], resubmits: [], round: 0 };

/** State of the identity; null while no entry of it is known. */
export const stateOfFacts = (facts: Facts, switches: readonly KnownSwitch[]): EntryState | null =>
  facts.entries.length === 0 ? null : stateOf(facts.round, facts.settlements, switches);

/** One record that names an identity. `body` is that of the table; empty for entries. */
export interface FactRow {
  readonly id: number;
  readonly kind: number;
  readonly key: string | null;
  readonly time: number;
  readonly bytes: number;
  readonly body: string;
}

export const withFact = (facts: Facts, { id, kind, key, time, bytes, body }: FactRow): Facts => {
  switch (kind) {
    case kinds.entry:
      return { ...facts, entries: [...facts.entries, { id, key, acceptedAt: time, bytes }] };
    case kinds.settlement:
      return { ...facts, settlements: [...facts.settlements, { ...(JSON.parse(body) as SettlementRecord), id }] };
    case kinds.resubmit: {
      const { round } = JSON.parse(body) as ResubmitRecord;
      return { ...facts, resubmits: [...facts.resubmits, id], round: Math.max(facts.round, round) };
    }
    default:
      return { ...facts, conflicts: [...facts.conflicts, { id, time }] };
  }
};

export const conflictTime = (body: string): number => (JSON.parse(body) as ConflictRecord).time;

/** Finds what is known of an identity; reads only. */
export class IdentityReader {
  readonly #known;
  readonly #identity;
  readonly #facts;

  constructor(database: DatabaseSync) {
    this.#known = rows<[anchor: number]>(database, "SELECT anchor FROM known WHERE hash = ?");
    this.#identity = row<[identity: string]>(database, "SELECT identity FROM record WHERE id = ?");
    this.#facts = rows<
      [id: number, kind: number, key: string | null, time: number, bytes: number, body: string | null]
    >(
      database,
      `SELECT id, kind, key, time, octet_length(body), CASE kind WHEN ${kinds.entry} THEN NULL ELSE body END FROM record
       WHERE id = ?1 OR id IN (SELECT id FROM fact WHERE anchor = ?1) ORDER BY id`,
    );
  }

  /** The connector is part of the hash: its identities are its own. */
  hash(connector: number, identity: string): number {
    return Number.parseInt(hash("sha1", `${connector} ${identity}`, "hex").slice(0, 12), 16);
  }

  /** First record that named the identity; undefined where none did. */
  anchor(hashed: number, identity: string): number | undefined {
    for (const [anchor] of this.#known(hashed)) {
      if (this.#identity(anchor)?.[0] === identity) return anchor;
    }
    return undefined;
  }

  facts(anchor: number): Facts {
    let facts = noFacts;
    for (const [id, kind, key, time, bytes, body] of this.#facts(anchor)) {
      facts = withFact(facts, { id, kind, key, time, bytes, body: body ?? "" });
    }
    return facts;
  }
}
