import type { LargePayloads } from "../../aws/dynamo/large-payloads.ts";
import type { Item, ItemKey, Read, Table, TableFailure } from "../../aws/dynamo/table.ts";

/** A part of a table that behaves as a table of its own: making one takes longer than most tests. */
export const partOf = (table: Table, name: string): Table => {
  const inside = <T extends ItemKey>(key: T): T => ({ ...key, pk: `${name}/${key.pk}` });
  const outside = <T extends ItemKey>(key: T): T => ({ ...key, pk: key.pk.slice(name.length + 1) });
  const markedIn = (item: Item): Item => {
    const { inbox } = item.attributes;
    const attributes = inbox === undefined ? item.attributes : { ...item.attributes, inbox: `${name}/${inbox}` };
    return { ...inside(item), attributes };
  };
  const markedOut = (item: Item): Item => {
    const { inbox } = item.attributes;
    const attributes =
      inbox === undefined ? item.attributes : { ...item.attributes, inbox: String(inbox).slice(name.length + 1) };
    return { ...outside(item), attributes };
  };
  const out = (read: Read | TableFailure): Read | TableFailure =>
    read.kind === "read" ? { ...read, items: read.items.map(markedOut) } : read;
  return {
    put: (item, condition, done) =>
      table.put(markedIn(item), condition, (result) =>
        done(result.kind === "unmet" && result.item !== null ? { ...result, item: markedOut(result.item) } : result),
      ),
    update: (key, change, condition, done) => table.update(inside(key), change, condition, done),
    remove: (key, done) => table.remove(inside(key), done),
    get: (keys, consistent, done) =>
      table.get(keys.map(inside), consistent, (got) =>
        done(
          got.kind === "got"
            ? { ...got, items: got.items.map((item) => (item === null ? null : markedOut(item))) }
            : got,
        ),
      ),
    query: (query, done) => table.query({ ...query, pk: `${name}/${query.pk}` }, (read) => done(out(read))),
    inbox: (inbox, limit, done) => table.inbox(`${name}/${inbox}`, limit, (read) => done(out(read))),
  };
};

/** Large payloads in memory. */
export const memoryPayloads = (): LargePayloads => {
  const texts = new Map<string, string>();
  return {
    put: (name, text, done) => {
      texts.set(name, text);
      done(true);
    },
    get: (name, done) => done(texts.get(name) ?? null),
    remove: (name, done) => {
      texts.delete(name);
      done();
    },
  };
};

/** A table that takes nothing while its gate says so: there is no full disk, there are limits of an account. */
export const refusing = (table: Table, gate: { readonly full: boolean }): Table => {
  const failure = { kind: "failed", reason: "refused", detail: "the account is at its limit" } as const;
  return {
    put: (item, condition, done) => (gate.full ? done(failure) : table.put(item, condition, done)),
    update: (...asked) => table.update(...asked),
    remove: (...asked) => table.remove(...asked),
    get: (...asked) => table.get(...asked),
    query: (...asked) => table.query(...asked),
    inbox: (...asked) => table.inbox(...asked),
  };
};
