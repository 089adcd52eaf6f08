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
import type { Done } from "../../../core/ports.ts";

/**
 * A store for one trace, among the items of the regional table and apart from them. What is written is removed at the end.
 * Its inbox is kept in memory: the regional table has no index, and nobody else writes here.
 */
export class TraceTable implements Table {
  readonly #table: Table;
  readonly #prefix: string;
  readonly #written = new Map<string, ItemKey>();
  readonly #inbox = new Map<string, Item>();

  /** @param trace never used again */
  constructor(table: Table, trace: string) {
    this.#table = table;
    this.#prefix = `trace ${trace} `;
  }

  put(item: Item, condition: Condition | null, done: Done<Written>): void {
    this.#note(item);
    const { attributes } = item;
    this.#table.put({ ...this.#in(item), attributes }, condition, (written) => {
      if (written.kind === "written" && attributes.inbox !== undefined) this.#inbox.set(nameOf(item), item);
      done(this.#out(written));
    });
  }

  update(key: ItemKey, change: Change, condition: Condition | null, done: Done<Written>): void {
    this.#note(key);
    this.#table.update(this.#in(key), change, condition, (written) => {
      if (written.kind === "written" && change.remove?.includes("inbox") === true) this.#inbox.delete(nameOf(key));
      done(this.#out(written));
    });
  }

  remove(key: ItemKey, done: Done<Written>): void {
    this.#inbox.delete(nameOf(key));
    this.#table.remove(this.#in(key), (written) => done(this.#out(written)));
  }

  get(keys: readonly ItemKey[], consistent: boolean, done: Done<Got | TableFailure>): void {
    const asked = keys.map((key) => this.#in(key));
    this.#table.get(asked, consistent, (got) => {
      if (got.kind === "failed") return done(got);
      done({ kind: "got", items: got.items.map((item) => item && this.#outside(item)) });
    });
  }

  query(query: TableQuery, done: Done<Read | TableFailure>): void {
    this.#table.query({ ...query, pk: `${this.#prefix}${query.pk}` }, (read) => {
      if (read.kind === "failed") return done(read);
      done({ ...read, items: read.items.map((item) => this.#outside(item)) });
    });
  }

  inbox(inbox: string, limit: number, done: Done<Read | TableFailure>): void {
    const waiting = [...this.#inbox.values()].filter(({ attributes }) => attributes.inbox === inbox);
    done({ kind: "read", items: waiting.slice(0, limit), more: waiting.length > limit });
  }

  /** Removes all that was written. What cannot be removed now stays, and is never read. */
  clear(done: () => void): void {
    let left = this.#written.size;
    if (left === 0) return done();
    for (const key of this.#written.values()) {
      this.#table.remove(this.#in(key), () => {
        left -= 1;
        if (left === 0) done();
      });
    }
  }

  #note({ pk, sk }: ItemKey): void {
    this.#written.set(nameOf({ pk, sk }), { pk, sk });
  }

  #in({ pk, sk }: ItemKey): ItemKey {
    return { pk: `${this.#prefix}${pk}`, sk };
  }

  #outside(item: Item): Item {
    return { ...item, pk: item.pk.slice(this.#prefix.length) };
  }

  #out(written: Written): Written {
    return written.kind === "unmet" && written.item !== null
      ? { kind: "unmet", item: this.#outside(written.item) }
      : written;
  }
}

const nameOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;
