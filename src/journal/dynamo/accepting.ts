import type { AcceptResult, Done, Place, StoreFailure } from "../../core/ports.ts";
import { type EntryRecord, journalParts } from "../../core/records.ts";
import type { Placed } from "../index/known.ts";
import type { Checkpointer } from "./checkpointer.ts";
import { type EntryPorts, type PutEntry, putEntry } from "./entries.ts";
import type { InOrder } from "./in-order.ts";
import { entryIn } from "./items.ts";
import type { Numbering, NumberingPorts } from "./numbering.ts";
import type { Payloads } from "./payloads.ts";
import type { Told } from "./told.ts";

export interface AcceptingPorts extends NumberingPorts, EntryPorts {
  readonly numbering: Numbering;
  readonly told: Told;
  readonly payloads: Payloads;
  readonly checkpointer: Checkpointer;
  /** What is asked for is numbered in the order in which it was asked for. */
  readonly order: InOrder;
}

/** Accepts entries one by one, with the journals at hand. */
export class Accepting {
  readonly #at: AcceptingPorts;
  /** Who else asks for an identity while it is accepted. */
  readonly #accepting = new Map<string, (() => void)[]>();

  constructor(at: AcceptingPorts) {
    this.#at = at;
  }

  accept(entry: EntryRecord, done: Done<AcceptResult>): void {
    const known = this.#at.index.find(entry.identity);
    if (known !== null) return this.#known(known, done);
    const waiting = this.#accepting.get(entry.identity);
    if (waiting !== undefined) {
      waiting.push(() => this.accept(entry, done));
      return;
    }
    this.#accepting.set(entry.identity, []);
    const inTurn = this.#at.order.begin();
    const answered = (result: AcceptResult): void => {
      const others = this.#accepting.get(entry.identity) ?? [];
      this.#accepting.delete(entry.identity);
      done(result);
      for (const again of others) again();
    };
    putEntry(this.#at, entry, (result) => inTurn(() => this.#accepted(entry, result, answered)));
  }

  #accepted(entry: EntryRecord, result: PutEntry, done: Done<AcceptResult>): void {
    if (result.kind === "refused") return done(result);
    if (result.kind === "known" && result.place !== null) {
      if (this.#isForgotten(result.place)) return this.#acceptAnew(entry, result.place, result.payload, done);
      return done({ kind: "known", ...result.place, payload: result.payload });
    }
    const isNew = result.kind === "put";
    const stands = isNew ? entry : (entryIn(result.item) ?? entry);
    if (isNew) this.#at.told.askedFor(entry);
    const number = (): void =>
      this.#at.numbering.number([stands], (failure) => this.#numbered(stands, isNew, failure, done));
    if (isNew || !result.isForeign) return number();
    // A page of this region names items of this region only: readers wait for them.
    this.#at.numbering.putOwn([stands], (refusal) => (refusal === null ? number() : done(refusal)));
  }

  #isForgotten({ journal, position }: Place): boolean {
    const isOwn = journalParts(journal).region === this.#at.region;
    return isOwn && position <= (this.#at.index.journals.get(journal)?.pruned ?? 0);
  }

  /** The item of an entry that is forgotten does not say so yet. */
  #acceptAnew(entry: EntryRecord, { journal, position }: Place, first: string, done: Done<AcceptResult>): void {
    const { identity } = entry;
    this.#at.checkpointer.expireOne({ journal, identity, position, bytes: first.length }, (well) => {
      if (!well) return done({ kind: "refused", reason: "failed", detail: "what is forgotten cannot be removed" });
      putEntry(this.#at, entry, (result) => this.#accepted(entry, result, done));
    });
  }

  /** The first one's payload may be elsewhere. */
  #known({ journal, position, record }: Placed, done: Done<AcceptResult>): void {
    this.#at.payloads.look([{ ...record, journal }], ([first = null]) => {
      const detail = "what was accepted first cannot be read";
      if (first === null) done({ kind: "refused", reason: "failed", detail });
      else done({ kind: "known", journal, position, payload: first.payload });
    });
  }

  #numbered(entry: EntryRecord, isNew: boolean, failure: StoreFailure | null, done: Done<AcceptResult>): void {
    if (failure !== null) return done(failure);
    const place = this.#at.index.find(entry.identity);
    if (place === null) return done({ kind: "refused", reason: "failed", detail: "it was removed meanwhile" });
    const { journal, position } = place;
    if (isNew && !this.#at.told.isLater(journal, [{ position, record: entry }]))
      done({ kind: "accepted", journal, position });
    else done({ kind: "known", journal, position, payload: entry.payload });
  }
}
