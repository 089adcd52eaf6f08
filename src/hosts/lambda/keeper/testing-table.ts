import type {
  Change,
  Condition,
  Got,
  Item,
  ItemKey,
  Read,
  Table,
  TableFailure,
  TableQuery,
  Written,
} from "../../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../../core/ports.ts";

const silent: TableFailure = { kind: "failed", reason: "silent", detail: "no answer" };

/** A table whose answers may not come: then whoever asks gives up after a while. */
export class TimedTable implements Table {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor(table: Table, clock: Clock, timeoutMs: number) {
    this.#table = table;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  put(item: Item, condition: Condition | null, done: Done<Written>): void {
    this.#table.put(item, condition, this.#within(done));
  }

  update(key: ItemKey, change: Change, condition: Condition | null, done: Done<Written>): void {
    this.#table.update(key, change, condition, this.#within(done));
  }

  remove(key: ItemKey, done: Done<Written>): void {
    this.#table.remove(key, this.#within(done));
  }

  get(keys: readonly ItemKey[], consistent: boolean, done: Done<Got | TableFailure>): void {
    this.#table.get(keys, consistent, this.#within(done));
  }

  query(query: TableQuery, done: Done<Read | TableFailure>): void {
    this.#table.query(query, this.#within(done));
  }

  inbox(inbox: string, limit: number, done: Done<Read | TableFailure>): void {
    this.#table.inbox(inbox, limit, this.#within(done));
  }

  #within<T>(done: Done<T | TableFailure>): Done<T | TableFailure> {
    let isOver = false;
    const end = (answer: T | TableFailure): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      done(answer);
    };
    const timer = this.#clock.after(this.#timeoutMs, () => end(silent));
    return end;
  }
}
