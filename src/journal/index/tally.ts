import type { Ledger } from "../../core/ports.ts";
import { type Outcome, outcomeNames } from "../../core/records.ts";
import type { Known } from "./known.ts";

/** The ledger, kept while identities change: each is taken out before it changes and put in again after. */
export class Tally {
  #accepted = 0;
  #pending = 0;
  #pendingBytes = 0;
  readonly #byOutcome = new Map<Outcome, number>();

  add(known: Known): void {
    this.#count(known, 1);
  }

  takeOut(known: Known): void {
    this.#count(known, -1);
  }

  /** What was pruned still counts. */
  addForgotten(outcome: Outcome, count = 1): void {
    this.#accepted += count;
    this.#byOutcome.set(outcome, (this.#byOutcome.get(outcome) ?? 0) + count);
  }

  ledger(conflicts: number, oldestPendingAt: number | null): Ledger {
    const outcomes = outcomeNames.map((outcome) => [outcome, this.#byOutcome.get(outcome) ?? 0] as const);
    return {
      accepted: this.#accepted,
      pending: this.#pending,
      byOutcome: Object.fromEntries(outcomes) as Ledger["byOutcome"],
      conflicts,
      pendingBytes: this.#pendingBytes,
      oldestPendingAt,
    };
  }

  #count({ entries: [first], state }: Known, by: 1 | -1): void {
    if (first === undefined) return;
    this.#accepted += by;
    if (state.kind === "settled") {
      const { outcome } = state.settlement;
      this.#byOutcome.set(outcome, (this.#byOutcome.get(outcome) ?? 0) + by);
      return;
    }
    this.#pending += by;
    this.#pendingBytes += by * first.bytes;
  }
}
