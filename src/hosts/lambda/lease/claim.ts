import type { Condition, Item, ItemKey, Table, Written } from "../../../aws/dynamo/table.ts";
import { elapsedMs, type Moment, momentOf } from "../../../core/grants.ts";
import type { Clock, Done, Timer } from "../../../core/ports.ts";

export interface ClaimOptions {
  /** Of the region, not replicated. */
  readonly table: Table;
  readonly key: ItemKey;
  /** Of this process, or this call of it: never used again. */
  readonly id: string;
  readonly ttlMs: number;
  /** By how much clocks within the region may differ. */
  readonly marginMs: number;
  readonly clock: Clock;
}

/** A claim as it stands in the table. */
export interface ClaimView {
  readonly id: string;
  /** Wall clock, ms. */
  readonly until: number;
  readonly released: boolean;
  /** What its holders keep in it. */
  readonly note: string;
}

export type Taken =
  /** @param before what the last holder left; null: there was none */
  | { readonly kind: "taken"; readonly before: ClaimView | null }
  | { readonly kind: "busy"; readonly by: ClaimView }
  | { readonly kind: "failed"; readonly detail: string };

const retryMs = 100;

export const claimView = ({ attributes }: Item): ClaimView => ({
  id: String(attributes.id),
  until: Number(attributes.until),
  released: attributes.released === 1,
  note: String(attributes.note),
});

/** Whether nobody holds it any more, by the clock of the region. */
export const isFree = ({ released, until }: ClaimView, wallMs: number): boolean => released || wallMs >= until;

/**
 * That one process of a region does something, by conditional writes and the region's wall clock, renewed until it is
 * released. Whoever takes it finds the note of the one before.
 */
export class Claim {
  readonly #options: ClaimOptions;
  /** Start of the last write that is known to stand. */
  #heldFrom: Moment | null = null;
  #version = 0;
  #note = "";
  #waiting: Done<boolean>[] = [];
  #writing = false;
  #ending = false;
  #timer: Timer | null = null;

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** Whether it is held, by both clocks of this process, now. */
  holds(): boolean {
    return this.remainingMs() > 0;
  }

  remainingMs(): number {
    return this.#ending ? 0 : this.#leftMs();
  }

  /** @param noteAfter what the note is to be, after what was found */
  take(noteAfter: (before: ClaimView | null) => string, done: Done<Taken>): void {
    const { table, key, clock } = this.#options;
    table.get([key], true, (got) => {
      if (got.kind === "failed") return done({ kind: "failed", detail: got.detail });
      const item = got.items[0] ?? null;
      const before = item === null ? null : claimView(item);
      const start = momentOf(clock);
      if (before !== null && !isFree(before, start.wall)) return done({ kind: "busy", by: before });
      this.#note = noteAfter(before);
      this.#version = versionOf(item);
      this.#put(start, (written) => {
        if (written.kind !== "written") return done(this.#notTaken(written));
        this.#heldFrom = start;
        this.#renewLater();
        done({ kind: "taken", before });
      });
    });
  }

  /** Keeps this in it; `done(true)` once that is durable, false where the claim was lost. */
  keep(note: string, done: Done<boolean>): void {
    this.#note = note;
    this.#waiting.push(done);
    this.#write();
  }

  /** Lets it go; `done` as for `keep`. */
  release(note: string, done: Done<boolean>): void {
    this.#ending = true;
    this.#timer?.cancel();
    this.keep(note, (ok) => {
      this.#heldFrom = null;
      done(ok);
    });
  }

  #leftMs(): number {
    const { ttlMs, marginMs, clock } = this.#options;
    return this.#heldFrom === null ? 0 : Math.max(0, ttlMs - marginMs - elapsedMs(this.#heldFrom, clock));
  }

  #notTaken(written: Exclude<Written, { kind: "written" }>): Taken {
    if (written.kind === "failed") return { kind: "failed", detail: written.detail };
    const by = written.item === null ? null : claimView(written.item);
    // An answer that did not come hides that it was written by this very call: it is let lapse.
    return by === null ? { kind: "failed", detail: "the claim is gone" } : { kind: "busy", by };
  }

  #write(): void {
    if (this.#writing) return;
    if (this.#leftMs() <= 0) return this.#answer(this.#taken(), false);
    this.#writing = true;
    const waiting = this.#taken();
    const start = momentOf(this.#options.clock);
    this.#put(start, (written) => {
      this.#writing = false;
      if (written.kind === "written") this.#heldFrom = start;
      else if (this.#mayTryAgain(written)) return this.#tryAgain(waiting);
      else this.#heldFrom = null;
      this.#answer(waiting, written.kind === "written");
      if (this.#waiting.length > 0) this.#write();
    });
  }

  /** What failed may have been written: then the version is one further. */
  #mayTryAgain(written: Exclude<Written, { kind: "written" }>): boolean {
    if (written.kind === "failed") return true;
    if (written.item === null || claimView(written.item).id !== this.#options.id) return false;
    this.#version = versionOf(written.item);
    return true;
  }

  #tryAgain(waiting: readonly Done<boolean>[]): void {
    this.#waiting = [...waiting, ...this.#waiting];
    this.#options.clock.after(retryMs, () => this.#write());
  }

  #put(start: Moment, done: Done<Written>): void {
    const { table, key, id, ttlMs } = this.#options;
    const version = this.#version;
    const released = this.#ending ? 1 : 0;
    const set = { id, until: start.wall + ttlMs, released, note: this.#note, version: version + 1 };
    const condition: Condition =
      version === 0 ? { kind: "absent" } : { kind: "equals", attribute: "version", value: version };
    table.update(key, { set }, condition, (written) => {
      if (written.kind === "written") this.#version = version + 1;
      done(written);
    });
  }

  #taken(): readonly Done<boolean>[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  #answer(waiting: readonly Done<boolean>[], ok: boolean): void {
    for (const done of waiting) done(ok);
  }

  #renewLater(): void {
    this.#timer = this.#options.clock.after(this.#options.ttlMs / 4, () => {
      if (!this.holds()) return;
      this.keep(this.#note, () => {});
      this.#renewLater();
    });
  }
}

const versionOf = (item: Item | null): number => Number(item?.attributes.version ?? 0);
