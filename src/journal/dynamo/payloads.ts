import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../core/ports.ts";
import { type EntryRecord, type JournalName, journalParts } from "../../core/records.ts";
import { filled } from "../index/known.ts";
import { entryIn, entryKey } from "./items.ts";

/** An entry whose payload is asked for. */
export type Wanted = EntryRecord & { readonly journal: JournalName };

/** Payloads that are held for entries to be sent soon. Characters. */
const mostHeld = 16_000_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** Payloads of entries. The index has none; those that are likely to be sent next are held, others are read when asked for. */
export class Payloads {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #held = new Map<string, string>();
  #size = 0;
  #isClosed = false;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  keep(journal: JournalName, { identity, payload }: EntryRecord): void {
    const key = keyOf(journal, identity);
    if (this.#held.has(key) || this.#size + payload.length > mostHeld) return;
    this.#held.set(key, payload);
    this.#size += payload.length;
  }

  /** It will not be sent any more, as far as is known. */
  drop(journal: JournalName, identity: string): void {
    const key = keyOf(journal, identity);
    this.#size -= this.#held.get(key)?.length ?? 0;
    this.#held.delete(key);
  }

  /** Nobody waits for an answer any more. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * The entries with their payloads, all of them: what is left out of what is open would be passed by what comes after it.
   * So it is tried until all are there.
   */
  fill<T extends Wanted>(entries: readonly T[], done: Done<readonly T[]>): void {
    const attempt = (pauseMs: number): void =>
      this.look(entries, (found) => {
        const whole = found.flatMap((one) => (one === null ? [] : [one]));
        if (whole.length === entries.length) return done(whole);
        if (this.#isClosed) return;
        this.#clock.after(pauseMs, () => attempt(Math.min(pauseMs * 2, longestPauseMs)));
      });
    attempt(firstPauseMs);
  }

  /** The entries with their payloads, as far as they are there now: null where one is not. */
  look<T extends Wanted>(entries: readonly T[], done: Done<readonly (T | null)[]>): void {
    const missing = entries.filter(({ journal, identity }) => !this.#held.has(keyOf(journal, identity)));
    if (missing.length === 0) return done(entries.map((entry) => this.#filled(entry, new Map())));
    const keys = missing.map(({ journal, identity }) => entryKey(journalParts(journal).region, identity));
    this.#table.get(keys, true, (got) => {
      const items = got.kind === "got" ? got.items : [];
      const read = new Map<string, string>();
      for (const [at, { journal, identity }] of missing.entries()) {
        const item = items[at] ?? null;
        const entry = item === null ? null : entryIn(item);
        if (entry !== null) read.set(keyOf(journal, identity), entry.payload);
      }
      done(entries.map((entry) => this.#filled(entry, read)));
    });
  }

  #filled<T extends Wanted>(entry: T, read: ReadonlyMap<string, string>): T | null {
    const key = keyOf(entry.journal, entry.identity);
    const payload = this.#held.get(key) ?? read.get(key);
    return payload === undefined ? null : filled(entry, payload);
  }
}

/** Each region has an item of its own of an identity. */
const keyOf = (journal: JournalName, identity: string): string => entryKey(journalParts(journal).region, identity).pk;
