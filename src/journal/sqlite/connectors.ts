import type { DatabaseSync } from "node:sqlite";
import type { JournalName, SwitchRecord, Vector } from "../../core/records.ts";
import type { KnownSwitch } from "../../core/settlement.ts";
import { joined } from "../../core/vector.ts";
import { change, rows } from "../../sqlite/query.ts";
import { type ConnectorState, type CursorState, emptyTally, type Tally } from "./messages.ts";
import { journalOf } from "./schema.ts";

export interface JournalState {
  readonly number: number;
  readonly name: JournalName;
  readonly connector: Connector;
  position: number;
  pruned: number;
  /** Up to here what was pruned is gone from the tables. */
  swept: number;
  /** Up to here all anchors are in the table `known`. */
  indexed: number;
}

/** A connector as the worker keeps it in memory: a copy of small tables, written back at the end of each transaction. */
export interface Connector {
  readonly number: number;
  readonly name: string;
  readonly journals: Map<JournalName, JournalState>;
  switches: readonly KnownSwitch[];
  readonly cursors: Map<string, CursorState>;
  readonly consumers: Map<string, Vector>;
  /** Numbers of the table `chain`, as far as they were asked for. */
  readonly chains: Map<string, number>;
  readonly tally: Tally;
}

/** Connectors and their journals, by name and by number. */
export class Connectors {
  readonly #database: DatabaseSync;
  readonly #saveConnector;
  readonly #saveJournal;
  readonly byName = new Map<string, Connector>();
  readonly journals = new Map<number, JournalState>();
  readonly #touched = new Set<Connector>();
  readonly #unsaved = new Set<Connector>();
  #dropped: string[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#saveConnector = change(database, "UPDATE connector SET tally = ? WHERE number = ?");
    this.#saveJournal = change(
      database,
      "UPDATE journal SET position = ?, pruned = ?, swept = ?, indexed = ? WHERE number = ?",
    );
    this.load();
  }

  /** Reads everything from the tables again. */
  load(): void {
    this.#dropped = [];
    this.byName.clear();
    this.journals.clear();
    this.#unsaved.clear();
    this.#touched.clear();
    const numbers = new Map<number, Connector>();
    for (const connector of loadConnectors(this.#database)) {
      this.byName.set(connector.name, connector);
      numbers.set(connector.number, connector);
      this.#touched.add(connector);
    }
    for (const [number, owner, name, position, pruned, swept, indexed] of loadJournals(this.#database)) {
      const connector = numbers.get(owner);
      if (connector !== undefined) this.#add({ number, name, connector, position, pruned, swept, indexed });
    }
    loadSmall(this.#database, numbers, this.journals);
  }

  connector(name: string): Connector {
    const found = this.byName.get(name);
    if (found !== undefined) return found;
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO connector (name, dropped, tally) VALUES (?, 0, ?)")
      .run(name, JSON.stringify(emptyTally()));
    const number = Number(lastInsertRowid);
    const made: Connector = {
      number,
      name,
      journals: new Map(),
      switches: [],
      cursors: new Map(),
      consumers: new Map(),
      chains: new Map(),
      tally: emptyTally(),
    };
    this.byName.set(name, made);
    return made;
  }

  journal(connector: Connector, name: JournalName): JournalState {
    const found = connector.journals.get(name);
    if (found !== undefined) return found;
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO journal (connector, name, position, pruned, swept, indexed) VALUES (?, ?, 0, 0, 0, 0)")
      .run(connector.number, name);
    const number = Number(lastInsertRowid);
    return this.#add({ number, name, connector, position: 0, pruned: 0, swept: 0, indexed: 0 });
  }

  /** To be saved in this transaction and shown to the main thread after it. */
  touch(connector: Connector): void {
    this.#touched.add(connector);
    this.#unsaved.add(connector);
  }

  drop(name: string): void {
    const connector = this.byName.get(name);
    if (connector === undefined) return;
    this.#database.prepare("UPDATE connector SET dropped = 1 WHERE number = ?").run(connector.number);
    this.byName.delete(name);
    for (const journal of connector.journals.values()) this.journals.delete(journal.number);
    this.#touched.delete(connector);
    this.#unsaved.delete(connector);
    this.#dropped.push(name);
  }

  save(): void {
    for (const connector of this.#unsaved) {
      this.#saveConnector(JSON.stringify(connector.tally), connector.number);
      for (const { position, pruned, swept, indexed, number } of connector.journals.values()) {
        this.#saveJournal(position, pruned, swept, indexed, number);
      }
    }
    this.#unsaved.clear();
  }

  takeChanges(): { connectors: readonly ConnectorState[]; dropped: readonly string[] } {
    const changes = { connectors: [...this.#touched].map(stateOf), dropped: this.#dropped };
    this.#touched.clear();
    this.#dropped = [];
    return changes;
  }

  #add(journal: JournalState): JournalState {
    journal.connector.journals.set(journal.name, journal);
    this.journals.set(journal.number, journal);
    return journal;
  }
}

const stateOf = (connector: Connector): ConnectorState => {
  const vector: Record<JournalName, number> = {};
  const pruned: Record<JournalName, number> = {};
  const numbers: Record<JournalName, number> = {};
  for (const journal of connector.journals.values()) {
    vector[journal.name] = journal.position;
    numbers[journal.name] = journal.number;
    if (journal.pruned > 0) pruned[journal.name] = journal.pruned;
  }
  const { name, number, switches, tally } = connector;
  const cursors = Object.fromEntries(connector.cursors);
  const consumers = Object.fromEntries(connector.consumers);
  return { name, number, vector, pruned, numbers, switches, cursors, consumers, tally };
};

const loadConnectors = (database: DatabaseSync): Connector[] =>
  rows<[number: number, name: string, tally: string]>(
    database,
    "SELECT number, name, tally FROM connector WHERE dropped = 0 ORDER BY number",
  )().map(([number, name, tally]) => ({
    number,
    name,
    journals: new Map(),
    switches: [],
    cursors: new Map(),
    consumers: new Map(),
    chains: new Map(),
    tally: JSON.parse(tally) as Tally,
  }));

const loadJournals = (database: DatabaseSync) =>
  rows<
    [
      number: number,
      connector: number,
      name: JournalName,
      position: number,
      pruned: number,
      swept: number,
      indexed: number,
    ]
  >(database, "SELECT number, connector, name, position, pruned, swept, indexed FROM journal ORDER BY number")();

const loadSmall = (
  database: DatabaseSync,
  connectors: ReadonlyMap<number, Connector>,
  journals: ReadonlyMap<number, JournalState>,
): void => {
  const switches = rows<[connector: number, id: number, body: string]>(
    database,
    "SELECT s.connector, s.id, r.body FROM switch s JOIN record r ON r.id = s.id ORDER BY s.id",
  );
  for (const [number, id, body] of switches()) {
    const connector = connectors.get(number);
    const journal = journals.get(journalOf(id));
    if (connector === undefined || journal === undefined) continue;
    const known = { ...(JSON.parse(body) as SwitchRecord), journal: journal.name };
    connector.switches = [...connector.switches, known];
  }
  const cursors = rows<[connector: number, source: string, value: string, epoch: number]>(
    database,
    "SELECT connector, source, value, epoch FROM cursor",
  );
  for (const [number, source, value, epoch] of cursors()) connectors.get(number)?.cursors.set(source, { value, epoch });
  const consumers = rows<[connector: number, name: string, vector: string]>(
    database,
    "SELECT connector, name, vector FROM consumer",
  );
  for (const [number, name, vector] of consumers()) {
    const connector = connectors.get(number);
    if (connector !== undefined) acknowledge(connector, name, JSON.parse(vector) as Vector);
  }
};

/** A reader of a feed has acknowledged this as well. */
export const acknowledge = ({ consumers }: Connector, name: string, vector: Vector): void => {
  consumers.set(name, joined(consumers.get(name) ?? {}, vector));
};

/** What is in the tables, for the main thread at its start. */
export const loadStates = (database: DatabaseSync): readonly ConnectorState[] =>
  new Connectors(database).takeChanges().connectors;
