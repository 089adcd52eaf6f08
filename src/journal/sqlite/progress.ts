import type { DatabaseSync } from "node:sqlite";
import { type ConsumerRecord, type CursorRecord, journalParts } from "../../core/records.ts";
import { change, row } from "../../sqlite/query.ts";
import { acknowledge, type Connectors, type JournalState } from "./connectors.ts";
import { journalOf } from "./schema.ts";

/** How far sources were read, and how far readers of a feed have read: what rules of many records, in its tables. */
export class Progress {
  readonly #connectors: Connectors;
  readonly #setCursor;
  readonly #cursorId;
  readonly #setConsumer;

  constructor(database: DatabaseSync, connectors: Connectors) {
    this.#connectors = connectors;
    this.#setCursor = change(
      database,
      "INSERT OR REPLACE INTO cursor (connector, source, value, epoch, id) VALUES (?, ?, ?, ?, ?)",
    );
    this.#cursorId = row<[id: number]>(database, "SELECT id FROM cursor WHERE connector = ? AND source = ?");
    this.#setConsumer = change(
      database,
      "INSERT OR REPLACE INTO consumer (connector, name, journal, id, vector) VALUES (?, ?, ?, ?, ?)",
    );
  }

  /** The cursor of the highest epoch rules, of one epoch the latest. */
  sourceRead({ connector }: JournalState, id: number, { source, value, epoch }: CursorRecord): void {
    const current = connector.cursors.get(source);
    const currentId = this.#cursorId(connector.number, source)?.[0];
    if (current !== undefined && currentId !== undefined) {
      if (epoch < current.epoch) return;
      if (epoch === current.epoch && !this.#isLater(id, currentId)) return;
    }
    this.#setCursor(connector.number, source, value, epoch, id);
    connector.cursors.set(source, { value, epoch });
  }

  /** A later record of a journal holds all that an earlier one did. */
  readerRead({ connector, number }: JournalState, id: number, { name, vector }: ConsumerRecord): void {
    this.#setConsumer(connector.number, name, number, id, JSON.stringify(vector));
    acknowledge(connector, name, vector);
  }

  /** A total order of records that every region sees alike: by incarnation, journal and position. */
  #isLater(id: number, than: number): boolean {
    const name = this.#connectors.journals.get(journalOf(id))?.name;
    const other = this.#connectors.journals.get(journalOf(than))?.name;
    if (name === undefined || other === undefined || name === other) return id > than;
    const difference = journalParts(name).incarnation - journalParts(other).incarnation;
    return difference === 0 ? name > other : difference > 0;
  }
}
