import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { EntryRecord, ResubmitRecord, SettlementRecord } from "../../core/records.ts";
import { type EntryState, type KnownSwitch, stateOf } from "../../core/settlement.ts";
import { row, rows } from "../../sqlite/query.ts";
import { kinds, sequenceIn } from "./codec.ts";

export interface EntryFact {
  readonly id: number;
  readonly key: string | null;
  readonly acceptedAt: number;
  /** Of the payload. */
  readonly bytes: number;
  readonly sequence: EntryRecord["sequence"];
}

/** All that the known journals say of one identity. */
export interface Facts {
  readonly entries: readonly EntryFact[];
  readonly settlements: readonly (SettlementRecord & { readonly id: number })[];
  readonly conflicts: readonly { readonly id: number; readonly time: number }[];
  readonly resubmits: readonly { readonly id: number; readonly round: number }[];
  /** Highest round that one of them opened. */
  readonly round: number;
}

export const noFacts: Facts = { entries: [], settlements: [], conflicts: [], resubmits: [], round: 0 };

/** State of the identity; null while no entry of it is known. */
export const stateOfFacts = (facts: Facts, switches: readonly KnownSwitch[]): EntryState | null =>
  facts.entries.length === 0 ? null : stateOf(facts.round, facts.settlements, switches);

/** One record that names an identity. `body` is that of the table; empty for entries, which alone have `more`. */
export interface FactRow {
  readonly id: number;
  readonly kind: number;
  readonly key: string | null;
  readonly time: number;
  readonly bytes: number;
  readonly more: string | null;
  readonly body: string;
}

export const withFact = (facts: Facts, { id, kind, key, time, bytes, more, body }: FactRow): Facts => {
  switch (kind) {
    case kinds.entry:
      return {
        ...facts,
        entries: [...facts.entries, { id, key, acceptedAt: time, bytes, sequence: sequenceIn(more) }],
      };
    case kinds.settlement:
      return { ...facts, settlements: [...facts.settlements, { ...(JSON.parse(body) as SettlementRecord), id }] };
    case kinds.resubmit: {
      const { round } = JSON.parse(body) as ResubmitRecord;
      return { ...facts, resubmits: [...facts.resubmits, { id, round }], round: Math.max(facts.round, round) };
    }
    default:
      return { ...facts, conflicts: [...facts.conflicts, { id, time }] };
  }
};

/** Where an identity stands: everything about it hangs on its anchor, the first record that named it. */
export interface Found {
  readonly identity: string;
  readonly anchor: number;
  readonly first: FactRow;
}

type Columns = [
  id: number,
  kind: number,
  key: string | null,
  time: number,
  bytes: number,
  more: string | null,
  body: string | null,
];
const columns = `r.id, r.kind, r.key, r.time, octet_length(r.body), r.more, CASE r.kind WHEN ${kinds.entry} THEN NULL ELSE r.body END`;

/** Finds what is known of an identity; reads only. */
export class IdentityReader {
  readonly #recent;
  readonly #known;
  readonly #record;
  readonly #facts;

  /** @param recent anchors under a hash that are not in the table yet; default: none are known */
  constructor(database: DatabaseSync, recent: (hash: number) => readonly number[] = () => []) {
    this.#recent = recent;
    this.#record = row<[...Columns, identity: string]>(
      database,
      `SELECT ${columns}, r.identity FROM record r WHERE r.id = ?`,
    );
    this.#known = rows<[...Columns, identity: string]>(
      database,
      `SELECT ${columns}, r.identity FROM known k JOIN record r ON r.id = k.anchor WHERE k.hash = ?`,
    );
    this.#facts = rows<Columns>(
      database,
      `SELECT ${columns} FROM fact f JOIN record r ON r.id = f.id WHERE f.anchor = ? ORDER BY f.id`,
    );
  }

  /** The connector is part of the hash: its identities are its own. */
  hash(connector: number, identity: string): number {
    return Number.parseInt(hash("sha1", `${connector} ${identity}`, "hex").slice(0, 12), 16);
  }

  /** Undefined where no record names the identity. */
  find(hashed: number, identity: string): Found | undefined {
    for (const anchor of this.#recent(hashed)) {
      const found = this.at(anchor);
      if (found?.identity === identity) return found;
    }
    const known = this.#known(hashed).find(([, , , , , , , named]) => named === identity);
    return known === undefined ? undefined : foundOf(known);
  }

  at(anchor: number): Found | undefined {
    const record = this.#record(anchor);
    return record === undefined ? undefined : foundOf(record);
  }

  facts({ anchor, first }: Found): Facts {
    return this.#facts(anchor).reduce((facts, found) => withFact(facts, factRow(found)), withFact(noFacts, first));
  }
}

const foundOf = ([id, kind, key, time, bytes, more, body, identity]: [...Columns, identity: string]): Found => ({
  identity,
  anchor: id,
  first: factRow([id, kind, key, time, bytes, more, body]),
});

const factRow = ([id, kind, key, time, bytes, more, body]: Columns): FactRow => ({
  id,
  kind,
  key,
  time,
  bytes,
  more,
  body: body ?? "",
});
