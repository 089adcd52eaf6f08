import { isLarge } from "../../aws/dynamo/large-payloads.ts";
import type { Item, ItemKey, Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, PositionedRecord, Random } from "../../core/ports.ts";
import { type JournalName, journalParts } from "../../core/records.ts";
import type { ConnectorIndex } from "../index/connector-index.ts";
import { bytesOf, type ForgottenEntry } from "../index/known.ts";
import { type Part, partKey, partsOf } from "./checkpoint.ts";
import { entryKey, expiryAt, isExpiring, pageIn, pagesOf, pageText, startKey } from "./items.ts";
import type { PageReader } from "./reader.ts";

export interface CheckpointerPorts {
  readonly region: string;
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  readonly index: ConnectorIndex;
  readonly reader: PageReader;
  /** Pages after the last checkpoint that are worth a new one. */
  readonly afterPages: number;
}

/** Parts of about so many records are not put together again. */
const goodPart = 2_000;
const fewParts = 16;
const pagesAtOnce = 25;
/** Pages that are removed after one checkpoint; what is left is removed after the next. */
const mostRemoved = 500;

/** Writes checkpoints of the region's own journals, and removes what nobody needs after them. */
export class Checkpointer {
  readonly #ports: CheckpointerPorts;
  #isWriting = false;

  constructor(ports: CheckpointerPorts) {
    this.#ports = ports;
  }

  /** Where enough was written since the last one; what fails is done with the next. */
  write(done: () => void): void {
    const { reader, region, afterPages } = this.#ports;
    const due = reader.journalsOf(region).filter((journal) => {
      const { next, start } = reader.place(journal);
      return next - start.page >= afterPages;
    });
    if (this.#isWriting || due.length === 0) return done();
    this.#isWriting = true;
    const next = (at: number): void => {
      const journal = due[at];
      if (journal !== undefined) return this.#writeOf(journal, () => next(at + 1));
      this.#isWriting = false;
      done();
    };
    next(0);
  }

  /** Entries that were forgotten expire: the readers of all regions have passed them, and whoever comes is told so first. */
  expire(journal: JournalName, pruned: number, entries: readonly ForgottenEntry[]): void {
    this.#note(journal, pruned, (noted) => {
      if (!noted) return;
      for (const entry of entries) this.expireOne(entry, () => undefined);
    });
  }

  #note(journal: JournalName, pruned: number, done: Done<boolean>): void {
    const condition = { kind: "absent-or-below", attribute: "pruned", value: pruned } as const;
    this.#ports.table.update(startKey(journal), { set: { pruned } }, condition, ({ kind }) => done(kind !== "failed"));
  }

  /** An entry that was accepted again under the same identity is another one. */
  expireOne({ identity, position, bytes }: ForgottenEntry, done: Done<boolean>): void {
    const { region, table, clock } = this.#ports;
    const key = entryKey(region, identity);
    if (isLarge(bytes)) return table.remove(key, ({ kind }) => done(kind === "written"));
    const isIt = { kind: "equals", attribute: "position", value: position } as const;
    table.update(key, { set: { ttl: expiryAt(clock) } }, isIt, ({ kind }) => done(kind !== "failed"));
  }

  #writeOf(journal: JournalName, done: () => void): void {
    const { table, index, reader, random } = this.#ports;
    const place = reader.place(journal);
    const { next, to, start } = place;
    const records = index.copyOf(journal);
    const isAnew = isWorn(start.parts, records);
    const before = isAnew ? 0 : (start.parts.at(-1)?.to ?? 0);
    const fresh = records.filter(({ position }) => position > before);
    const made = partsOf(journal, fresh, to, () => random().toString(36).slice(2));
    const parts = [...(isAnew ? [] : start.parts), ...made.map(({ part }) => part)];
    const forgotten = index.forgottenIn(journal);
    this.#putAll(
      made.map(({ item }) => item),
      (well) => {
        if (!well) return done();
        const set = { page: next, parts: JSON.stringify(parts), forgotten: JSON.stringify(forgotten) };
        const condition = { kind: "absent-or-below", attribute: "page", value: next } as const;
        table.update(startKey(journal), { set }, condition, ({ kind }) => {
          if (kind !== "written") return done();
          place.start = { ...start, page: next, parts, forgotten };
          const replaced = isAnew ? start.parts.map((part) => partKey(journal, part)) : [];
          this.#removeAll(replaced, () => this.#removePages(journal, mostRemoved, done));
        });
      },
    );
  }

  #putAll([item, ...rest]: readonly Item[], done: Done<boolean>): void {
    if (item === undefined) return done(true);
    this.#ports.table.put(item, null, ({ kind }) => (kind === "written" ? this.#putAll(rest, done) : done(false)));
  }

  /** What is not removed stays for nobody. */
  #removeAll(keys: readonly ItemKey[], done: () => void): void {
    let open = keys.length;
    if (open === 0) return done();
    for (const key of keys) {
      this.#ports.table.remove(key, () => {
        open -= 1;
        if (open === 0) done();
      });
    }
  }

  /** Pages that a checkpoint took the place of, and whose entries are all forgotten. The first of them first. */
  #removePages(journal: JournalName, left: number, done: () => void): void {
    const { table, index, reader } = this.#ports;
    const pruned = index.journals.get(journal)?.pruned ?? 0;
    const upTo = pageText(reader.place(journal).start.page - 1);
    if (pruned === 0 || left <= 0) return done();
    table.query({ pk: pagesOf(journal), upTo, limit: pagesAtOnce, consistent: true }, (read) => {
      if (read.kind === "failed") return done();
      const pages = read.items.map((item) => ({ item, page: pageIn(journal, item) }));
      const kept = pages.findIndex(({ page }) => page.to > pruned);
      const gone = kept < 0 ? pages : pages.slice(0, kept);
      if (gone.length === 0) return done();
      const entries = gone.flatMap(({ page }) => entriesIn(journal, page.records));
      this.#note(journal, pruned, (noted) => {
        if (!noted) return done();
        this.#expireLeft(journal, entries, (well) => {
          if (!well) return done();
          this.#removeAll(
            gone.map(({ item }) => item),
            () => {
              if (kept < 0 && read.more) this.#removePages(journal, left - gone.length, done);
              else done();
            },
          );
        });
      });
    });
  }

  /** A process that ended meanwhile may not have let all of them expire. */
  #expireLeft(journal: JournalName, entries: readonly ForgottenEntry[], done: Done<boolean>): void {
    const { region } = journalParts(journal);
    const keys = entries.map(({ identity }) => entryKey(region, identity));
    this.#ports.table.get(keys, true, (got) => {
      if (got.kind === "failed") return done(false);
      const left = entries.filter((entry, at) => {
        const item = got.items[at] ?? null;
        return item !== null && !isExpiring(item) && item.attributes.position === entry.position;
      });
      const next = (at: number): void => {
        const entry = left[at];
        if (entry === undefined) return done(true);
        this.expireOne(entry, (well) => (well ? next(at + 1) : done(false)));
      };
      next(0);
    });
  }
}

/** Whether most of what parts hold is forgotten, or they are many and small. */
const isWorn = (parts: readonly Part[], records: readonly PositionedRecord[]): boolean => {
  const to = parts.at(-1)?.to ?? 0;
  const written = parts.reduce((sum, { count }) => sum + count, 0);
  const kept = records.filter(({ position }) => position <= to).length;
  return kept * 2 < written || parts.length > fewParts + written / goodPart;
};

const entriesIn = (journal: JournalName, records: readonly PositionedRecord[]): readonly ForgottenEntry[] =>
  records.flatMap(({ position, record }) =>
    record.kind === "entry" ? [{ journal, identity: record.identity, position, bytes: bytesOf(record) }] : [],
  );
