import type { DatabaseSync } from "node:sqlite";
import type { EntryRecord } from "../../core/records.ts";
import { change, row, rows } from "../../sqlite/query.ts";
import type { Book } from "./book.ts";
import { kinds, sequenceIn } from "./codec.ts";
import type { Connectors, JournalState } from "./connectors.ts";
import { type Facts, type IdentityReader, noFacts, stateOfFacts } from "./identities.ts";
import type { KnownIndex } from "./known.ts";
import { journalOf, positionOf, recordId, seriesOf, span } from "./schema.ts";

/** Records looked at in one transaction: few, so that accepts between two of them do not wait. */
const slice = 200;

/** Takes away what was pruned and what belongs to dropped connectors, a slice at a time. */
export class Sweeper {
  /** Set when something was pruned or dropped. */
  due = true;
  readonly #connectors: Connectors;
  readonly #identities: IdentityReader;
  readonly #known: KnownIndex;
  readonly #book: Book;
  readonly #between;
  readonly #isCurrentCursor;
  readonly #isCurrentConsumer;
  readonly #removeRecord;
  readonly #removeFacts;
  readonly #removeHung;
  readonly #removeNumbered;
  readonly #removeDelivered;
  readonly #removeConflict;
  readonly #removeOpen;
  readonly #removeTrouble;
  readonly #droppedJournal;
  readonly #removeJournal;
  readonly #droppedConnector;
  readonly #removeConnector;

  constructor(
    database: DatabaseSync,
    connectors: Connectors,
    identities: IdentityReader,
    known: KnownIndex,
    book: Book,
  ) {
    this.#connectors = connectors;
    this.#identities = identities;
    this.#known = known;
    this.#book = book;
    this.#between = rows<[id: number, kind: number, identity: string | null, body: string | null, more: string | null]>(
      database,
      `SELECT id, kind, identity, CASE kind WHEN ${kinds.entry} THEN NULL ELSE body END, more FROM record
       WHERE id > ? AND id <= ? ORDER BY id LIMIT ${slice}`,
    );
    this.#isCurrentCursor = row<[number]>(database, "SELECT 1 FROM cursor WHERE connector = ? AND id = ?");
    this.#isCurrentConsumer = row<[number]>(database, "SELECT 1 FROM consumer WHERE connector = ? AND id = ?");
    this.#removeRecord = change(database, "DELETE FROM record WHERE id = ?");
    this.#removeFacts = change(database, "DELETE FROM fact WHERE anchor = ?");
    this.#removeNumbered = change(database, "DELETE FROM numbered WHERE series = ? AND number = ? AND id = ?");
    this.#removeHung = change(database, "DELETE FROM hung WHERE id = ?");
    this.#removeDelivered = change(database, "DELETE FROM delivered WHERE chain = ? AND time = ? AND id = ?");
    this.#removeConflict = change(database, "DELETE FROM conflict WHERE connector = ? AND time = ? AND id = ?");
    this.#removeOpen = change(database, "DELETE FROM open WHERE id = ?");
    this.#removeTrouble = change(database, "DELETE FROM trouble WHERE connector = ? AND anchor = ?");
    this.#droppedJournal = row<[number: number, connector: number]>(
      database,
      "SELECT j.number, j.connector FROM journal j JOIN connector c ON c.number = j.connector WHERE c.dropped = 1 LIMIT 1",
    );
    this.#removeJournal = change(database, "DELETE FROM journal WHERE number = ?");
    this.#droppedConnector = row<[number: number]>(database, "SELECT number FROM connector WHERE dropped = 1 LIMIT 1");
    const small = ["trouble", "conflict", "cursor", "consumer", "switch"].map((name) =>
      change(database, `DELETE FROM ${name} WHERE connector = ?`),
    );
    const chains = change(
      database,
      "DELETE FROM delivered WHERE chain IN (SELECT number FROM chain WHERE connector = ?)",
    );
    const last = [
      change(database, "DELETE FROM chain WHERE connector = ?"),
      change(database, "DELETE FROM connector WHERE number = ?"),
    ];
    this.#removeConnector = (number: number): void => {
      for (const remove of [...small, chains, ...last]) remove(number);
    };
  }

  /** Does one slice. */
  sweep(): void {
    for (const journal of this.#connectors.journals.values()) {
      if (journal.swept < Math.min(journal.pruned, journal.position)) return this.#sweepPruned(journal);
    }
    this.due = this.#sweepDropped();
  }

  #sweepPruned(journal: JournalState): void {
    const until = Math.min(journal.pruned, journal.position);
    const found = this.#between(recordId(journal.number, journal.swept), recordId(journal.number, until));
    for (const [id, kind, identity, body] of found) {
      if (kind === kinds.entry && identity !== null) this.#forget(journal, identity);
      else if (kind === kinds.cursor) this.#forgetCursor(journal, id);
      else if (kind === kinds.consumer) this.#forgetConsumer(journal, id);
      else if (kind === kinds.pruned && body !== null) this.#forgetPruned(journal, id, body);
    }
    const last = found.at(-1);
    journal.swept = found.length < slice || last === undefined ? until : positionOf(last[0]);
    this.#connectors.touch(journal.connector);
  }

  /** An identity goes with all its records when its entries are pruned in every journal that has one. */
  #forget({ connector }: JournalState, identity: string): void {
    const hash = this.#identities.hash(connector.number, identity);
    const found = this.#identities.find(hash, identity);
    if (found === undefined) return;
    const { anchor } = found;
    const facts = this.#identities.facts(found);
    if (!facts.entries.every(({ id }) => this.#isPruned(id))) return;
    // What was settled stays in the ledger, which tells of everything that was ever accepted.
    if (stateOfFacts(facts, connector.switches)?.kind === "settled") this.#removeTrouble(connector.number, anchor);
    else this.#book.enter(connector, anchor, facts, noFacts);
    for (const { id, outcome, home, site, time } of facts.settlements) {
      if (outcome !== "delivered" || home === null || site === null) continue;
      this.#removeDelivered(this.#book.chain(connector, home, site), time, id);
    }
    for (const { id, time } of facts.conflicts) this.#removeConflict(connector.number, time, id);
    for (const id of idsOf(facts)) this.#removeRecord(id);
    for (const { id } of [...facts.entries, ...facts.resubmits]) this.#removeHung(id);
    for (const { id, sequence } of facts.entries) this.#forgetNumber(connector.number, id, sequence);
    this.#removeFacts(anchor);
    this.#known.remove(hash, anchor);
  }

  #forgetNumber(connector: number, id: number, sequence: EntryRecord["sequence"]): void {
    if (sequence !== null) this.#removeNumbered(seriesOf(connector, sequence.of), sequence.number, id);
  }

  #isPruned(id: number): boolean {
    const journal = this.#connectors.journals.get(journalOf(id));
    return journal !== undefined && positionOf(id) <= journal.pruned;
  }

  #forgetCursor({ connector }: JournalState, id: number): void {
    if (this.#isCurrentCursor(connector.number, id) === undefined) this.#removeRecord(id);
  }

  #forgetConsumer({ connector }: JournalState, id: number): void {
    if (this.#isCurrentConsumer(connector.number, id) === undefined) this.#removeRecord(id);
  }

  #forgetPruned({ connector }: JournalState, id: number, body: string): void {
    const { journal, position } = JSON.parse(body) as { journal: JournalState["name"]; position: number };
    if (position < (connector.journals.get(journal)?.pruned ?? 0)) this.#removeRecord(id);
  }

  /** False when nothing is left. */
  #sweepDropped(): boolean {
    const [journal, connector] = this.#droppedJournal() ?? [];
    if (journal === undefined || connector === undefined) {
      const number = this.#droppedConnector()?.[0];
      if (number === undefined) return false;
      this.#removeConnector(number);
      return true;
    }
    const found = this.#between(recordId(journal, 0), recordId(journal, span - 1));
    for (const [id, , identity, , more] of found) {
      this.#forgetNumber(connector, id, sequenceIn(more));
      if (identity !== null) this.#known.remove(this.#identities.hash(connector, identity), id);
      this.#removeFacts(id);
      this.#removeHung(id);
      this.#removeOpen(id);
      this.#removeRecord(id);
    }
    if (found.length === 0) this.#removeJournal(journal);
    return true;
  }
}

const idsOf = (facts: Facts): readonly number[] => [
  ...facts.entries.map(({ id }) => id),
  ...facts.settlements.map(({ id }) => id),
  ...facts.conflicts.map(({ id }) => id),
  ...facts.resubmits.map(({ id }) => id),
];
