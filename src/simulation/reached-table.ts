import { type MemoryStore, MemoryTable } from "../aws/dynamo/memory-table.ts";
import type { Change, Condition, Item, ItemKey, Table, TableFailure, TableQuery } from "../aws/dynamo/table.ts";
import type { Done, Timer } from "../core/ports.ts";
import type { Network } from "./network.ts";
import type { Machine } from "./process.ts";

/** Where a table is asked from, and where it stands. */
export interface TableWay {
  readonly network: Network;
  readonly machine: Machine;
  /** As the network knows it. */
  readonly place: string;
  /** Whether it answers at all. */
  isUp(): boolean;
  /** Whether it takes new items. */
  isFull(): boolean;
}

/** A request that is not answered in this time is given up: below a request to a voter, with its repetitions. */
const answersWithinMs = 1_200;

const silent: TableFailure = { kind: "failed", reason: "silent", detail: "no answer in time" };
const refused: TableFailure = { kind: "failed", reason: "refused", detail: "the account is at its limit" };

/**
 * A table as one process reaches it. A request that went out is carried out whatever becomes of who asked; a request and
 * its answer may be lost or late, and then nobody knows which it was.
 */
export class ReachedTable implements Table {
  readonly #table: MemoryTable;
  readonly #way: TableWay;
  readonly #process: number;

  constructor(store: MemoryStore, way: TableWay) {
    this.#table = new MemoryTable(store);
    this.#way = way;
    this.#process = way.machine.generation;
  }

  put(item: Item, condition: Condition | null, done: Parameters<Table["put"]>[2]): void {
    this.#ask(done, (answer) => (this.#way.isFull() ? answer(refused) : this.#table.put(item, condition, answer)));
  }

  update(key: ItemKey, change: Change, condition: Condition | null, done: Parameters<Table["update"]>[3]): void {
    this.#ask(done, (answer) => this.#table.update(key, change, condition, answer));
  }

  remove(key: ItemKey, done: Parameters<Table["remove"]>[1]): void {
    this.#ask(done, (answer) => this.#table.remove(key, answer));
  }

  get(keys: readonly ItemKey[], consistent: boolean, done: Parameters<Table["get"]>[2]): void {
    this.#ask(done, (answer) => this.#table.get(keys, consistent, answer));
  }

  query(query: TableQuery, done: Parameters<Table["query"]>[1]): void {
    this.#ask(done, (answer) => this.#table.query(query, answer));
  }

  inbox(inbox: string, limit: number, done: Parameters<Table["inbox"]>[2]): void {
    this.#ask(done, (answer) => this.#table.inbox(inbox, limit, answer));
  }

  #ask<T>(done: Done<T | TableFailure>, run: (answer: Done<T | TableFailure>) => void): void {
    const { network, machine, place, isUp } = this.#way;
    const process = this.#process;
    let timer: Timer | null = null;
    let isArrived = false;
    let isEnded = false;
    const end = (answer: T | TableFailure): void => {
      if (isEnded) return;
      isEnded = true;
      timer?.cancel();
      done(answer);
    };
    timer = machine.clock().after(answersWithinMs, () => end(silent));
    network.send(machine.name, place, () => {
      if (isArrived || !isUp()) return;
      isArrived = true;
      run((answer) => network.send(place, machine.name, () => machine.run(process, () => end(answer))));
    });
  }
}
