import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { CommandStore, Refusal } from "../../sqlite/commit-loop.ts";
import { change, row, rows } from "../../sqlite/query.ts";
import type { Answer, Changes, Command, EventRow } from "./messages.ts";

const nothing: Answer = { positions: [] };

/** Events taken away in one transaction: few, so that publishers between two of them do not wait. */
const slice = 500;

/** Writes the log. Runs in the worker, inside the transactions of its commit loop. */
export class HubStore implements CommandStore<Command, Answer | Refusal, Changes> {
  readonly #maxBytes: number;
  readonly #load;
  readonly #save;
  readonly #insert;
  readonly #known;
  readonly #addKnown;
  readonly #removeKnown;
  readonly #register;
  readonly #take;
  readonly #remove;
  readonly #lowest;
  readonly #oldest;
  readonly #removeEvents;
  #position = 0;
  #bytes = 0;
  #changed = true;
  #trimBefore: number | null = null;

  /** @param maxBytes of the events kept; above it nothing is published */
  constructor(database: DatabaseSync, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#load = row<[position: number, bytes: number]>(database, "SELECT position, bytes FROM log");
    this.#save = change(database, "UPDATE log SET position = ?, bytes = ?");
    this.#insert = change(
      database,
      "INSERT INTO event (position, time, identity, type, key, body) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#known = rows<[identity: string]>(
      database,
      "SELECT e.identity FROM known k JOIN event e ON e.position = k.position WHERE k.hash = ?",
    );
    this.#addKnown = change(database, "INSERT INTO known (hash, position) VALUES (?, ?)");
    this.#removeKnown = change(database, "DELETE FROM known WHERE hash = ? AND position = ?");
    this.#register = change(database, "INSERT OR IGNORE INTO consumer (name, position) VALUES (?, ?)");
    this.#take = change(database, "UPDATE consumer SET position = ? WHERE name = ?");
    this.#remove = change(database, "DELETE FROM consumer WHERE name = ?");
    this.#lowest = row<[position: number | null]>(database, "SELECT min(position) FROM consumer");
    this.#oldest = rows<[position: number, time: number, identity: string, bytes: number]>(
      database,
      `SELECT position, time, identity, octet_length(body) FROM event ORDER BY position LIMIT ${slice}`,
    );
    this.#removeEvents = change(database, "DELETE FROM event WHERE position <= ?");
    this.reload();
  }

  run(command: Command): Answer | Refusal {
    switch (command.do) {
      case "publish":
        return this.#publish(command.time, command.rows);
      case "register":
        this.#register(command.consumer, command.position);
        return nothing;
      case "remove":
        this.#remove(command.consumer);
        return nothing;
      case "trim":
        for (const [consumer, position] of Object.entries(command.taken)) this.#take(position, consumer);
        this.#trimBefore = command.before;
        return nothing;
    }
  }

  flush(): void {
    if (this.#changed) this.#save(this.#position, this.#bytes);
    this.#changed = false;
  }

  takeChanges(): Changes {
    return { position: this.#position };
  }

  reload(): void {
    [this.#position, this.#bytes] = this.#load() ?? [0, 0];
    this.#trimBefore = null;
  }

  get sweepable(): boolean {
    return this.#trimBefore !== null;
  }

  sweep(): void {
    const before = this.#trimBefore ?? 0;
    const upTo = this.#lowest()?.[0] ?? Number.POSITIVE_INFINITY;
    const oldest = this.#oldest();
    const firstKept = oldest.findIndex(([position, time]) => position > upTo || time >= before);
    const gone = firstKept < 0 ? oldest : oldest.slice(0, firstKept);
    for (const [position, , identity, bytes] of gone) {
      this.#removeKnown(hashOf(identity), position);
      this.#bytes -= bytes;
    }
    const last = gone.at(-1);
    if (last !== undefined) this.#removeEvents(last[0]);
    this.#changed = true;
    if (gone.length < slice) this.#trimBefore = null;
  }

  #publish(time: number, events: readonly EventRow[]): Answer | Refusal {
    const fresh = events.map(([identity], at) => {
      const first = events.findIndex(([other]) => other === identity) === at;
      return first && !this.#known(hashOf(identity)).some(([known]) => known === identity);
    });
    const bytes = events.reduce((sum, [, , , body], at) => sum + (fresh[at] === true ? Buffer.byteLength(body) : 0), 0);
    if (bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      return { refused: "full", detail: `the hub keeps ${this.#maxBytes} bytes of events at most` };
    }
    this.#bytes += bytes;
    this.#changed = true;
    return { positions: events.map((event, at) => (fresh[at] === true ? this.#append(time, event) : null)) };
  }

  #append(time: number, [identity, type, key, body]: EventRow): number {
    this.#position += 1;
    this.#insert(this.#position, time, identity, type, key, body);
    this.#addKnown(hashOf(identity), this.#position);
    return this.#position;
  }
}

const hashOf = (identity: string): number => Number.parseInt(hash("sha1", identity, "hex").slice(0, 12), 16);
