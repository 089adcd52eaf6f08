import type { Done, StoreFailure, WriteResult } from "../../core/ports.ts";
import type { EntryRecord, JournalName, JournalRecord } from "../../core/records.ts";
import { type EntryPorts, putEach } from "./entries.ts";
import type { InOrder } from "./in-order.ts";
import { type Numbering, type NumberingPorts, recordsPerPage } from "./numbering.ts";
import type { Told } from "./told.ts";

export interface BatchPorts extends NumberingPorts, EntryPorts {
  readonly numbering: Numbering;
  readonly told: Told;
  /** What is asked for is numbered in the order in which it was asked for. */
  readonly order: InOrder;
  /** The journal that is written. */
  own(): JournalName;
}

/** Writes records together: what is new of their entries, and what is said with them. */
export class Batches {
  readonly #at: BatchPorts;

  constructor(at: BatchPorts) {
    this.#at = at;
  }

  write(records: readonly JournalRecord[], done: Done<WriteResult>): void {
    for (const record of records) this.#at.told.askedFor(record);
    const fresh = new Map<string, EntryRecord>();
    for (const record of records) {
      if (record.kind === "entry" && this.#at.index.find(record.identity) === null && !fresh.has(record.identity)) {
        fresh.set(record.identity, record);
      }
    }
    const inTurn = this.#at.order.begin();
    this.#putAll([...fresh.values()], (refusal, foreign) =>
      inTurn(() => {
        if (refusal !== null) return done(refusal);
        const own = records.filter((record) => record.kind !== "entry" || !foreign.has(record.identity));
        this.#writeAll(own, records, done);
      }),
    );
  }

  #putAll(
    entries: readonly EntryRecord[],
    done: (refusal: StoreFailure | null, foreign: ReadonlySet<string>) => void,
  ): void {
    const foreign = new Set<string>();
    putEach(
      { ...this.#at, waits: false },
      entries,
      ({ identity }, result) => {
        if (result.kind === "known" && (result.isForeign || result.place !== null)) foreign.add(identity);
      },
      (refusal) => done(refusal, foreign),
    );
  }

  /** Long batches of entries go ahead in pages of their own: what is said of them comes after. */
  #writeAll(records: readonly JournalRecord[], asked: readonly JournalRecord[], done: Done<WriteResult>): void {
    const entries = records.flatMap((record) => (record.kind === "entry" ? [record] : []));
    if (entries.length > recordsPerPage) {
      return this.#at.numbering.number(entries.slice(0, recordsPerPage), (failure) => {
        if (failure !== null) return done(failure);
        const numbered = new Set(entries.slice(0, recordsPerPage).map(({ identity }) => identity));
        const rest = records.filter((record) => record.kind !== "entry" || !numbered.has(record.identity));
        this.#writeAll(rest, asked, done);
      });
    }
    const before = new Set(
      asked.flatMap((record) =>
        record.kind === "entry" && this.#at.index.find(record.identity) !== null ? [record.identity] : [],
      ),
    );
    let written: readonly JournalRecord[] = [];
    this.#at.log.append({
      records: () => {
        written = this.#stillNew(records);
        return written.length === 0 ? null : written;
      },
      done: (result) => {
        if (result.kind === "refused") return done(result);
        const first = result.kind === "appended" ? result.first : 0;
        for (const { identity } of entries) this.#at.numbering.mend(identity);
        const placed = written.map((record, at) => ({ position: first + at, record }));
        const isToldLater = this.#at.told.isLater(this.#at.own(), placed);
        const positions = this.#positions(asked, written, first, before).map((position, at) =>
          isToldLater && asked[at]?.kind === "entry" ? null : position,
        );
        done({ kind: "written", journal: this.#at.own(), positions });
      },
    });
  }

  #stillNew(records: readonly JournalRecord[]): readonly JournalRecord[] {
    const named = new Set<string>();
    return records.filter((record) => {
      if (record.kind !== "entry") return true;
      if (named.has(record.identity) || this.#at.index.find(record.identity) !== null) return false;
      named.add(record.identity);
      return true;
    });
  }

  #positions(
    asked: readonly JournalRecord[],
    written: readonly JournalRecord[],
    first: number,
    before: ReadonlySet<string>,
  ): readonly (number | null)[] {
    const places = new Map(written.map((record, at) => [record, first + at]));
    const named = new Set(written.map((record) => (record.kind === "entry" ? record.identity : null)));
    return asked.map((record) => {
      const place = places.get(record);
      if (place !== undefined) return place;
      if (record.kind !== "entry" || before.has(record.identity) || named.has(record.identity)) return null;
      return this.#at.numbering.placeOf(record.identity)?.position ?? null;
    });
  }
}
