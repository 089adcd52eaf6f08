import type { DatabaseSync } from "node:sqlite";
import type {
  ConsumerRecord,
  CursorRecord,
  JournalName,
  PrunedRecord,
  SettlementRecord,
  SwitchRecord,
} from "../../core/records.ts";
import type { KnownSwitch } from "../../core/settlement.ts";
import type { CommandStore, Refusal } from "../../sqlite/commit-loop.ts";
import { change, row, rows } from "../../sqlite/query.ts";
import { Book } from "./book.ts";
import { kinds, type Row, sequenceIn } from "./codec.ts";
import { type Connector, Connectors, type JournalState } from "./connectors.ts";
import { type Found, IdentityReader, noFacts, withFact } from "./identities.ts";
import { KnownIndex } from "./known.ts";
import type { Answer, Changes, Command } from "./messages.ts";
import { Progress } from "./progress.ts";
import { journalOf, positionOf, recordId, seriesOf } from "./schema.ts";
import { Sweeper } from "./sweeper.ts";

/** Where the records of an identity are, or are to be. */
interface Place {
  readonly hash: number;
  readonly found: Found | undefined;
}

type Apply = Command & { readonly do: "apply" };

/** Writes records and what is derived from them. Runs in the worker, inside the transactions of its commit loop. */
export class JournalStore implements CommandStore<Command, Answer | Refusal, Changes> {
  readonly #database: DatabaseSync;
  readonly #connectors: Connectors;
  readonly #known: KnownIndex;
  readonly #identities: IdentityReader;
  readonly #book: Book;
  readonly #sweeper: Sweeper;
  readonly #progress: Progress;
  readonly #insert;
  readonly #payload;
  readonly #addFact;
  readonly #addHung;
  readonly #addNumbered;
  readonly #addDelivered;
  readonly #deliveredSince;
  readonly #addConflict;
  readonly #addSwitch;
  readonly #addNamed;

  /** @param gather new identities are kept in memory until there are this many (known.ts) */
  constructor(database: DatabaseSync, gather = 16_384) {
    this.#database = database;
    this.#connectors = new Connectors(database);
    this.#known = new KnownIndex(database, this.#connectors, gather);
    this.#identities = new IdentityReader(database, (hash) => this.#known.recent(hash));
    this.#known.rebuild(this.#identities);
    this.#book = new Book(database);
    this.#sweeper = new Sweeper(database, this.#connectors, this.#identities, this.#known, this.#book);
    this.#progress = new Progress(database, this.#connectors);
    const table = (name: string, columns: string, count: number, or = ""): ReturnType<typeof change> =>
      change(database, `INSERT ${or} INTO ${name} (${columns}) VALUES (${Array(count).fill("?").join(", ")})`);
    this.#insert = table("record", "id, kind, identity, key, time, more, body", 7);
    this.#addFact = table("fact", "anchor, id", 2);
    this.#addNumbered = table("numbered", "series, number, id", 3);
    this.#addHung = table("hung", "id, anchor", 2);
    this.#addDelivered = table("delivered", "chain, time, id", 3);
    this.#addConflict = table("conflict", "connector, time, id, anchor", 4);
    this.#addSwitch = table("switch", "connector, id", 2);
    this.#addNamed = table("named", "journal", 1, "OR IGNORE");
    this.#payload = row<[payload: string]>(database, "SELECT body FROM record WHERE id = ?");
    this.#deliveredSince = rows<[identity: string]>(
      database,
      "SELECT r.identity FROM delivered d JOIN record r ON r.id = d.id WHERE d.chain = ? AND d.time >= ?",
    );
  }

  run(command: Command): Answer | Refusal {
    switch (command.do) {
      case "accept":
        return this.#accept(command.connector, command.journal, command.row);
      case "write":
        return this.#write(command.connector, command.journal, command.rows);
      case "apply":
        for (const name of command.named) this.#addNamed(name);
        return this.#apply(command);
      case "find":
        return { is: "found", anchor: this.#anchorOf(command.connector, command.identity) };
      case "drop":
        this.#connectors.drop(command.connector);
        this.#sweeper.due = true;
        return { is: "done" };
      case "limit":
        return this.#limit(command.bytes);
    }
  }

  flush(): void {
    this.#connectors.save();
  }

  takeChanges(): Changes {
    return this.#connectors.takeChanges();
  }

  reload(): void {
    this.#connectors.load();
    this.#known.rebuild(this.#identities);
    this.#sweeper.due = true;
  }

  get sweepable(): boolean {
    return this.#sweeper.due || this.#known.due;
  }

  sweep(): void {
    if (this.#known.due) this.#known.flush();
    else this.#sweeper.sweep();
  }

  #anchorOf(name: string, identity: string): number | null {
    const connector = this.#connectors.byName.get(name);
    if (connector === undefined) return null;
    return this.#identities.find(this.#identities.hash(connector.number, identity), identity)?.anchor ?? null;
  }

  #accept(name: string, journalName: JournalName, record: Row): Answer {
    const connector = this.#connectors.connector(name);
    const hash = this.#identities.hash(connector.number, record[1] ?? "");
    const found = this.#identities.find(hash, record[1] ?? "");
    const first = this.#firstEntry(found);
    if (first !== undefined) {
      const journal = this.#connectors.journals.get(journalOf(first))?.name ?? journalName;
      return { is: "known", journal, position: positionOf(first), payload: this.#payload(first)?.[0] ?? "" };
    }
    const journal = this.#connectors.journal(connector, journalName);
    return { is: "accepted", position: this.#appendEntry(journal, record, { hash, found }) };
  }

  #write(name: string, journalName: JournalName, records: readonly Row[]): Answer {
    const connector = this.#connectors.connector(name);
    const journal = this.#connectors.journal(connector, journalName);
    const positions = records.map((record) => {
      if (record[0] !== kinds.entry) return this.#append(journal, record);
      const hash = this.#identities.hash(connector.number, record[1] ?? "");
      const found = this.#identities.find(hash, record[1] ?? "");
      return this.#firstEntry(found) === undefined ? this.#appendEntry(journal, record, { hash, found }) : null;
    });
    return { is: "written", positions };
  }

  #apply({ connector, journal: name, from, to, rows: records, positions }: Apply): Answer | Refusal {
    const journal = this.#connectors.journal(this.#connectors.connector(connector), name);
    if (from > journal.position) {
      return { refused: "failed", detail: `${name} is held to ${journal.position}, the segment begins after ${from}` };
    }
    records.forEach((record, at) => {
      const position = positions[at] ?? 0;
      if (position > journal.position) this.#put(journal, position, record);
    });
    if (to > journal.position) {
      journal.position = to;
      this.#connectors.touch(journal.connector);
    }
    return { is: "done" };
  }

  #limit(bytes: number): Answer {
    const size = row<[number]>(this.#database, "PRAGMA page_size")()?.[0] ?? 4096;
    // SQLite keeps the limit above what the file already uses.
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.min(Math.floor(bytes / size), 2 ** 32 - 2))}`);
    return { is: "done" };
  }

  /** Id of the entry that was known first; undefined where only other records name the identity, or none. */
  #firstEntry(found: Found | undefined): number | undefined {
    if (found === undefined || found.first.kind === kinds.entry) return found?.anchor;
    return this.#identities.facts(found).entries[0]?.id;
  }

  #appendEntry(journal: JournalState, record: Row, place: Place): number {
    journal.position += 1;
    this.#connectors.touch(journal.connector);
    this.#attach(journal.connector, recordId(journal.number, journal.position), record, place);
    return journal.position;
  }

  #append(journal: JournalState, record: Row): number {
    this.#put(journal, journal.position + 1, record);
    return journal.position;
  }

  #put(journal: JournalState, position: number, record: Row): void {
    const [kind, , , , , body] = record;
    journal.position = position;
    this.#connectors.touch(journal.connector);
    const id = recordId(journal.number, journal.position);
    switch (kind) {
      case kinds.entry:
        // Already settled everywhere: what is pruned is known to be over.
        if (journal.position <= journal.pruned) return;
        return this.#attach(journal.connector, id, record);
      case kinds.settlement:
      case kinds.resubmit:
      case kinds.conflict:
        return this.#attach(journal.connector, id, record);
      case kinds.pruned:
        return this.#prune(journal.connector, id, record);
      case kinds.cursor:
        this.#insert(id, ...record);
        return this.#progress.sourceRead(journal, id, JSON.parse(body) as CursorRecord);
      case kinds.consumer:
        this.#insert(id, ...record);
        return this.#progress.readerRead(journal, id, JSON.parse(body) as ConsumerRecord);
      case kinds.switch:
        this.#insert(id, ...record);
        return this.#switch(journal.connector, id, { ...(JSON.parse(body) as SwitchRecord), journal: journal.name });
      default:
        this.#insert(id, ...record);
    }
  }

  #attach(connector: Connector, id: number, record: Row, place = this.#place(connector, record)): void {
    const { hash, found } = place;
    const [kind, , key, time, more, body] = record;
    this.#known.wrote();
    const before = found === undefined ? noFacts : this.#identities.facts(found);
    this.#insert(id, ...record);
    const sequence = sequenceIn(more);
    if (sequence !== null) this.#addNumbered(seriesOf(connector.number, sequence.of), sequence.number, id);
    if (found === undefined) this.#known.add(hash, id);
    else this.#hang(found.anchor, id, kind);
    const after = withFact(before, { id, kind, key, time, bytes: Buffer.byteLength(body), more, body });
    this.#book.enter(connector, found?.anchor ?? id, before, after);
    if (kind === kinds.conflict) this.#addConflict(connector.number, time, id, found?.anchor ?? id);
    const settlement = kind === kinds.settlement ? after.settlements.at(-1) : undefined;
    if (settlement !== undefined) this.#noteDelivery(connector, id, settlement);
  }

  #hang(anchor: number, id: number, kind: number): void {
    this.#addFact(anchor, id);
    if (kind === kinds.entry || kind === kinds.resubmit) this.#addHung(id, anchor);
  }

  #place(connector: Connector, [, identity]: Row): Place {
    const hash = this.#identities.hash(connector.number, identity ?? "");
    return { hash, found: this.#identities.find(hash, identity ?? "") };
  }

  #noteDelivery(connector: Connector, id: number, { outcome, home, site, time }: SettlementRecord): void {
    if (outcome !== "delivered" || home === null || site === null) return;
    this.#addDelivered(this.#book.chain(connector, home, site), time, id);
  }

  /** Deliveries that the switch makes not settled are opened again (protocol rules 16 and 17). */
  #switch(connector: Connector, id: number, made: KnownSwitch): void {
    this.#addSwitch(connector.number, id);
    const before = connector.switches;
    connector.switches = [...before, made];
    const chain = this.#book.chain(connector, made.home, made.from);
    const identities = new Set(this.#deliveredSince(chain, made.notSettledSince).map(([identity]) => identity));
    for (const identity of identities) {
      const found = this.#identities.find(this.#identities.hash(connector.number, identity), identity);
      if (found === undefined) continue;
      const facts = this.#identities.facts(found);
      this.#book.move(connector, found.anchor, [facts, before], [facts, connector.switches]);
    }
  }

  #prune(connector: Connector, id: number, record: Row): void {
    const { journal, position } = JSON.parse(record[5]) as PrunedRecord;
    const pruned = this.#connectors.journal(connector, journal);
    // What says nothing new need not be kept.
    if (position <= pruned.pruned) return;
    pruned.pruned = position;
    this.#sweeper.due = true;
    this.#insert(id, ...record);
  }
}
