// Texts that are larger than an item may be lie elsewhere; who reads and writes the table does not notice.
import { createHash } from "node:crypto";
import type { Done } from "../../core/done.ts";
import type { Attributes, Item, ItemKey, Table, TableFailure, Written } from "./table.ts";

/** Where large texts lie, by a name that says what is in them. */
export interface LargePayloads {
  /** Durable when it is answered. `done(false)`: not taken. May be repeated. */
  put(name: string, text: string, done: Done<boolean>): void;
  /** `done(null)`: not answered, or not there yet. */
  get(name: string, done: Done<string | null>): void;
  /** May be repeated. Where it is not answered, what nobody asks for stays. */
  remove(name: string, done: () => void): void;
}

/** Of 400 KB that an item may have; the rest is for what stands beside. Bytes. */
const largestInItem = 350_000;
/** Whether a payload of this length may lie elsewhere. */
export const isLarge = (length: number): boolean => length * 3 > largestInItem;

/** Attribute that says which other one lies elsewhere: `<attribute>:<name>`. */
const mark = "large";

const notTaken: TableFailure = {
  kind: "failed",
  reason: "silent",
  detail: "the store of large payloads did not answer",
};

const largeIn = (attributes: Attributes): readonly [attribute: string, text: string] | null => {
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === "string" && isLarge(value.length) && Buffer.byteLength(value) > largestInItem) {
      return [attribute, value];
    }
  }
  return null;
};

/** Of the item as of the text: what two items hold is removed with one of them, and stays for the other. */
const nameOf = ({ pk, sk }: ItemKey, text: string): string =>
  createHash("sha256").update(`${pk}\n${sk}\n${text}`).digest("hex");

/** Which attribute of an item lies elsewhere, and where; null: none. */
const elsewhere = ({
  attributes: { [mark]: said },
}: Item): { readonly attribute: string; readonly name: string } | null => {
  if (typeof said !== "string") return null;
  const [attribute = "", name = ""] = said.split(":");
  return { attribute, name };
};

const without = (attributes: Attributes, name: string): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([attribute]) => attribute !== name));

/** A table that takes items of any size. */
export const withLargePayloads = (table: Table, payloads: LargePayloads): Table => {
  const restored = (item: Item, done: Done<Item | null>): void => {
    const large = elsewhere(item);
    if (large === null) return done(item);
    const { attribute, name } = large;
    payloads.get(name, (text) =>
      done(text === null ? null : { ...item, attributes: { ...without(item.attributes, mark), [attribute]: text } }),
    );
  };
  /** `done(null)`: one of them could not be read. */
  const allRestored = (items: readonly (Item | null)[], done: Done<readonly (Item | null)[] | null>): void => {
    const all: (Item | null)[] = [...items];
    const next = (at: number): void => {
      const item = all[at];
      if (at >= all.length) return done(all);
      if (item === null || item === undefined || item.attributes[mark] === undefined) return next(at + 1);
      restored(item, (whole) => {
        if (whole === null) return done(null);
        all[at] = whole;
        next(at + 1);
      });
    };
    next(0);
  };
  const shown = (written: Written, done: Done<Written>): void => {
    if (written.kind !== "unmet" || written.item === null) return done(written);
    restored(written.item, (item) => done(item === null ? notTaken : { kind: "unmet", item }));
  };
  return {
    put: (item, condition, done) => {
      const large = largeIn(item.attributes);
      if (large === null) return table.put(item, condition, (written) => shown(written, done));
      const [attribute, text] = large;
      const name = nameOf(item, text);
      payloads.put(name, text, (isTaken) => {
        if (!isTaken) return done(notTaken);
        const attributes = { ...without(item.attributes, attribute), [mark]: `${attribute}:${name}` };
        table.put({ ...item, attributes }, condition, (written) => shown(written, done));
      });
    },
    update: (key, change, condition, done) => table.update(key, change, condition, (written) => shown(written, done)),
    remove: (key, done) =>
      table.get([key], true, (got) => {
        if (got.kind === "failed") return done(got);
        const [item = null] = got.items;
        const large = item === null ? null : elsewhere(item);
        table.remove(key, (written) => {
          if (large === null || written.kind !== "written") return done(written);
          payloads.remove(large.name, () => done(written));
        });
      }),
    get: (keys, consistent, done) =>
      table.get(keys, consistent, (got) => {
        if (got.kind === "failed") return done(got);
        allRestored(got.items, (items) => done(items === null ? notTaken : { kind: "got", items }));
      }),
    query: (query, done) =>
      table.query(query, (read) => {
        if (read.kind === "failed") return done(read);
        allRestored(read.items, (items) =>
          done(items === null ? notTaken : { ...read, items: items.filter((item) => item !== null) }),
        );
      }),
    inbox: (inbox, limit, done) => table.inbox(inbox, limit, done),
  };
};
