import type { DatabaseSync } from "node:sqlite";
import { change, each, row } from "../../sqlite/query.ts";
import type { Connectors, JournalState } from "./connectors.ts";
import type { IdentityReader } from "./identities.ts";
import { recordId } from "./schema.ts";

/** Records after which they are put there anyway, so that a start never has more to look at. */
const mostRecords = 200_000;
const none: readonly number[] = [];
/** Anchors put into the table in one transaction at least; and twice what came since, so that it keeps up. */
const slice = 256;

interface Round {
  readonly hashes: readonly number[];
  readonly reached: ReadonlyMap<JournalState, number>;
  next: number;
}

/**
 * Where identities are found by their hash. A hash is anywhere in the table, so putting each in by itself would cost a
 * page of the log: new ones are gathered in memory and put in sorted, many to a page. What is not in the table yet is
 * found again, at a start, in the records above `indexed`.
 */
export class KnownIndex {
  readonly #connectors: Connectors;
  readonly #gather: number;
  /** One anchor for nearly every hash; a list where two identities share one. */
  readonly #recent = new Map<number, number | readonly number[]>();
  readonly #insert;
  readonly #delete;
  readonly #tail;
  readonly #hasFacts;
  #records = 0;
  #added = 0;
  #round: Round | null = null;

  /** @param gather anchors gathered before they are put into the table */
  constructor(database: DatabaseSync, connectors: Connectors, gather: number) {
    this.#connectors = connectors;
    this.#gather = gather;
    this.#insert = change(database, "INSERT INTO known (hash, anchor) VALUES (?, ?)");
    this.#delete = change(database, "DELETE FROM known WHERE hash = ? AND anchor = ?");
    this.#tail = each<[id: number, identity: string]>(
      database,
      "SELECT id, identity FROM record WHERE id > ? AND id <= ? AND identity IS NOT NULL ORDER BY id",
    );
    this.#hasFacts = row<[number]>(database, "SELECT 1 FROM fact WHERE anchor = ? LIMIT 1");
  }

  /** Anchors under a hash that are not in the table. */
  recent(hash: number): readonly number[] {
    const held = this.#recent.get(hash);
    return held === undefined ? none : typeof held === "number" ? [held] : held;
  }

  add(hash: number, anchor: number): void {
    this.#added += 1;
    const held = this.recent(hash);
    this.#recent.set(hash, held.length === 0 ? anchor : [...held, anchor]);
  }

  remove(hash: number, anchor: number): void {
    if (this.recent(hash).includes(anchor)) this.#forget(hash, anchor);
    else this.#delete(hash, anchor);
  }

  /** To be called for each record written. */
  wrote(): void {
    this.#records += 1;
  }

  /** Whether anchors are to be put into the table. */
  get due(): boolean {
    return this.#round !== null || this.#recent.size >= this.#gather || this.#records >= mostRecords;
  }

  /** Puts a slice of them there. */
  flush(): void {
    this.#round ??= this.#begin();
    const { hashes, reached, next } = this.#round;
    const end = next + slice + 2 * this.#added;
    this.#added = 0;
    for (const hash of hashes.slice(next, end)) {
      for (const anchor of this.recent(hash)) this.#insert(hash, anchor);
      this.#recent.delete(hash);
    }
    this.#round.next = end;
    if (end < hashes.length) return;
    this.#round = null;
    for (const [journal, position] of reached) {
      journal.indexed = position;
      this.#connectors.touch(journal.connector);
    }
  }

  /** Finds again what is in the records and not in the table. */
  rebuild(identities: IdentityReader): void {
    this.#recent.clear();
    this.#round = null;
    this.#records = 0;
    for (const { number, connector, indexed, position } of this.#connectors.journals.values()) {
      for (const [id, identity] of this.#tail(recordId(number, indexed), recordId(number, position))) {
        this.#records += 1;
        const hash = identities.hash(connector.number, identity);
        const first = identities.find(hash, identity)?.anchor;
        if (first === undefined) this.add(hash, id);
        // Of several records of one identity the anchor is the one that the others hang on.
        else if (first !== id && this.recent(hash).includes(first) && this.#hasFacts(id) !== undefined) {
          this.#forget(hash, first);
          this.add(hash, id);
        }
      }
    }
  }

  #begin(): Round {
    const hashes = [...this.#recent.keys()].sort((one, other) => one - other);
    const reached = new Map([...this.#connectors.journals.values()].map((journal) => [journal, journal.position]));
    this.#records = 0;
    return { hashes, reached, next: 0 };
  }

  #forget(hash: number, anchor: number): void {
    const left = this.recent(hash).filter((other) => other !== anchor);
    if (left.length === 0) this.#recent.delete(hash);
    else this.#recent.set(hash, left);
  }
}
