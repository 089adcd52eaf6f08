import type { Ledger, Place } from "../../core/ports.ts";
import type { EntryRecord, JournalName, Outcome, SettlementRecord } from "../../core/records.ts";
import { outcomeNames } from "../../core/records.ts";
import { type EntryState, needsPerson } from "../../core/settlement.ts";

export interface Placed {
  readonly journal: JournalName;
  readonly position: number;
  readonly record: EntryRecord;
}

/** All that is known of one identity. */
export interface Known {
  readonly identity: string;
  readonly entries: Placed[];
  readonly settlements: SettlementRecord[];
  readonly resubmissions: (Place & { readonly round: number })[];
  state: EntryState;
}

/** @param forgotten what was pruned, by how it ended: it still counts */
export const ledgerOf = (
  known: Iterable<Known>,
  forgotten: ReadonlyMap<Outcome, number>,
  conflicts: number,
): Ledger => {
  const byOutcome = Object.fromEntries(outcomeNames.map((outcome) => [outcome, forgotten.get(outcome) ?? 0])) as Record<
    Outcome,
    number
  >;
  let accepted = [...forgotten.values()].reduce((sum, count) => sum + count, 0);
  let pending = 0;
  let pendingBytes = 0;
  let oldestPendingAt: number | null = null;
  for (const { entries, state } of known) {
    const first = entries[0];
    if (first === undefined) continue;
    accepted++;
    if (state.kind === "settled") {
      byOutcome[state.settlement.outcome]++;
      continue;
    }
    pending++;
    pendingBytes += first.record.payload.length;
    oldestPendingAt = Math.min(oldestPendingAt ?? first.record.acceptedAt, first.record.acceptedAt);
  }
  return { accepted, pending, byOutcome, conflicts, pendingBytes, oldestPendingAt };
};

export const isTroubled = ({ state }: Known): boolean =>
  state.kind === "settled" && needsPerson(state.settlement.outcome);
