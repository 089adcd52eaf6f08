// The port `Table` in memory, for tests: answers at once, or through a way that the test opens and shuts.
import type { Done } from "../../core/done.ts";
import type {
  Attributes,
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
} from "./table.ts";

const textOf = ({ pk, sk }: ItemKey): string => `${pk}\n${sk}`;

/** What stands in a table, seen by all who reach it. */
export class MemoryStore {
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #inbox = new Map<string, Item>();
  readonly #written: (key: ItemKey, item: Item | null) => void;

  /** @param written told of each write; `item` null: it was removed */
  constructor(written: (key: ItemKey, item: Item | null) => void = () => undefined) {
    this.#written = written;
  }

  get({ pk, sk }: ItemKey): Item | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  partition(pk: string): readonly Item[] {
    return [...(this.#partitions.get(pk)?.values() ?? [])];
  }

  /** Items that have the attribute `inbox`. */
  inbox(): readonly Item[] {
    return [...this.#inbox.values()];
  }

  set(key: ItemKey, item: Item | null): void {
    this.place(key, item);
    this.#written(key, item);
  }

  /** As a write that comes from elsewhere: it is not told of. */
  place(key: ItemKey, item: Item | null): void {
    const partition = this.#partitions.get(key.pk) ?? new Map<string, Item>();
    this.#partitions.set(key.pk, partition);
    if (item === null) partition.delete(key.sk);
    else partition.set(key.sk, item);
    if (item?.attributes.inbox === undefined) this.#inbox.delete(textOf(key));
    else this.#inbox.set(textOf(key), item);
  }

  clear(): void {
    this.#partitions.clear();
    this.#inbox.clear();
  }
}

const isMet = (condition: Condition | null, item: Item | undefined): boolean => {
  switch (condition?.kind) {
    case undefined:
      return true;
    case "absent":
      return item === undefined;
    case "present":
      return item !== undefined;
    case "equals":
      return item?.attributes[condition.attribute] === condition.value;
    case "absent-or-below": {
      const value = item?.attributes[condition.attribute];
      return value === undefined || (typeof value === "number" && value < condition.value);
    }
  }
};

const without = (attributes: Attributes, names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));

/** How requests reach the store and answers come back: each may be delayed, or never run. */
export interface Way {
  go(run: () => void): void;
  back(run: () => void): void;
}

const atOnce: Way = { go: (run) => run(), back: (run) => run() };

export class MemoryTable implements Table {
  readonly #store: MemoryStore;
  readonly #way: Way;

  constructor(store: MemoryStore = new MemoryStore(), way: Way = atOnce) {
    this.#store = store;
    this.#way = way;
  }

  put(item: Item, condition: Condition | null, done: Done<Written>): void {
    this.#write(item, () => item, condition, done);
  }

  update(key: ItemKey, { set = {}, remove = [] }: Change, condition: Condition | null, done: Done<Written>): void {
    const changed = (before: Item | undefined): Item => ({
      ...key,
      attributes: { ...without(before?.attributes ?? {}, remove), ...set },
    });
    this.#write(key, changed, condition, done);
  }

  remove(key: ItemKey, done: Done<Written>): void {
    this.#ask((): Written => {
      this.#store.set(key, null);
      return { kind: "written" };
    }, done);
  }

  get(keys: readonly ItemKey[], _consistent: boolean, done: Done<Got | TableFailure>): void {
    this.#ask((): Got => ({ kind: "got", items: keys.map((key) => this.#store.get(key) ?? null) }), done);
  }

  query({ pk, above, upTo, limit, descending = false }: TableQuery, done: Done<Read | TableFailure>): void {
    this.#ask((): Read => {
      const found = this.#store
        .partition(pk)
        .filter(({ sk }) => above === undefined || sk > above)
        .filter(({ sk }) => upTo === undefined || sk <= upTo)
        .sort((a, b) => (a.sk < b.sk ? -1 : 1) * (descending ? -1 : 1));
      return { kind: "read", items: found.slice(0, limit), more: found.length > limit };
    }, done);
  }

  inbox(inbox: string, limit: number, done: Done<Read | TableFailure>): void {
    this.#ask((): Read => {
      const found = this.#store
        .inbox()
        .filter(({ attributes }) => attributes.inbox === inbox)
        .sort((a, b) => Number(a.attributes.at) - Number(b.attributes.at));
      return { kind: "read", items: found.slice(0, limit), more: found.length > limit };
    }, done);
  }

  #write(
    key: ItemKey,
    changed: (before: Item | undefined) => Item,
    condition: Condition | null,
    done: Done<Written>,
  ): void {
    this.#ask((): Written => {
      const before = this.#store.get(key);
      if (!isMet(condition, before)) return { kind: "unmet", item: before ?? null };
      this.#store.set(key, changed(before));
      return { kind: "written" };
    }, done);
  }

  #ask<T>(run: () => T, done: Done<T>): void {
    this.#way.go(() => {
      const answer = run();
      this.#way.back(() => done(answer));
    });
  }
}
