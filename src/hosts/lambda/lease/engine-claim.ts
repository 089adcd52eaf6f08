import type { ItemKey, Table } from "../../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import type { Acted, ActedFor } from "./acted.ts";
import { Claim, type ClaimView } from "./claim.ts";

export interface EngineClaimOptions {
  /** Of the region, not replicated. */
  readonly table: Table;
  readonly connector: string;
  /** Of this call of the function: never used again. */
  readonly id: string;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
}

export type ClaimTaken =
  | { readonly kind: "taken" }
  /** Another engine of the connector runs, or was cut off so lately that it may. */
  | { readonly kind: "busy" }
  | { readonly kind: "failed"; readonly detail: string };

/** What an engine's claim holds beside its time. */
export interface EngineNote {
  readonly acted: ActedFor;
  /** When an engine is to be started, at the latest. Wall clock, ms; null: when there is something new. */
  readonly wakeAt: number | null;
}

export const enginePk = "engine";
export const engineKey = (connector: string): ItemKey => ({ pk: enginePk, sk: connector });

/** @param view of a claim that an engine took */
export const engineNote = ({ note }: ClaimView): EngineNote => JSON.parse(note) as EngineNote;

/** An engine that was cut off keeps the next one away for this long, at most. */
export const claimTtlMs = ({ ttlMs }: LeaseTimings): number => ttlMs / 2;

/** What a former engine was about when it was cut off, nobody can tell. */
const ended = (acted: ActedFor): ActedFor =>
  Object.fromEntries(Object.entries(acted).map(([duty, each]) => [duty, { ...each, acting: false }]));

/** That this engine, and no other of its region, acts for a connector. */
export class EngineClaim {
  readonly connector: string;
  readonly #claim: Claim;
  #acted: ActedFor = {};

  constructor({ table, connector, id, timings, clock }: EngineClaimOptions) {
    this.connector = connector;
    const times = { ttlMs: claimTtlMs(timings), marginMs: Math.min(timings.marginMs, claimTtlMs(timings) / 4) };
    this.#claim = new Claim({ table, key: engineKey(connector), id, clock, ...times });
  }

  take(done: Done<ClaimTaken>): void {
    const noteAfter = (before: ClaimView | null): string => {
      this.#acted = before === null ? {} : ended(engineNote(before).acted);
      return this.#note(null);
    };
    this.#claim.take(noteAfter, (taken) => done(taken.kind === "busy" ? { kind: "busy" } : taken));
  }

  /** Whether it may act, by both clocks of this process, now. */
  holds(): boolean {
    return this.#claim.holds();
  }

  remainingMs(): number {
    return this.#claim.remainingMs();
  }

  acted(duty: string): Acted | undefined {
    return this.#acted[duty];
  }

  /** Says what is done for a duty; `done(true)` once that is durable, false where the claim was lost. */
  tell(duty: string, acted: Acted, done: Done<boolean>): void {
    this.#acted = { ...this.#acted, [duty]: acted };
    this.#claim.keep(this.#note(null), done);
  }

  /** Says that nothing was ever done for a duty; `done` as for `tell`. */
  forget(duty: string, done: Done<boolean>): void {
    const { [duty]: _, ...others } = this.#acted;
    this.#acted = others;
    this.#claim.keep(this.#note(null), done);
  }

  /**
   * Lets it go, once no lease is held under it any more. `done(false)`: it lapses by itself, and the next engine knows no
   * better than that this one was cut off.
   *
   * @param wakeAt when an engine is to be started, at the latest. Wall clock, ms; null: when there is something new
   */
  release(wakeAt: number | null, done: Done<boolean>): void {
    this.#claim.release(this.#note(wakeAt), done);
  }

  #note(wakeAt: number | null): string {
    const note: EngineNote = { acted: this.#acted, wakeAt };
    return JSON.stringify(note);
  }
}
