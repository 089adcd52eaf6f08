import type { Offered } from "../../core/memory-offers.ts";
import type { IdentityReport } from "../../core/ports.ts";
import type { Known } from "./known.ts";

/** What readers of a feed are offered of an identity; null: it has no entry. */
export const offeredOf = (known: Known | undefined): Offered | null => {
  const first = known?.entries[0];
  if (known === undefined || first === undefined) return null;
  const { state, entries, resubmissions } = known;
  const { journal, position, record } = first;
  const outcome = state.kind === "settled" ? state.settlement.outcome : null;
  return { entry: { ...record, journal, position, round: state.round }, outcome, entries, resubmissions };
};

/** All that is known of an identity; null: it has no entry. */
export const reportOf = (
  connector: string,
  { identity, state, entries, settlements, resubmissions }: Known,
): IdentityReport | null => {
  const [first] = entries;
  if (first === undefined) return null;
  return {
    connector,
    identity,
    round: state.round,
    outcome: state.kind === "settled" ? state.settlement.outcome : null,
    entries: entries.map(({ journal, position, record: { acceptedAt, key } }) => ({
      journal,
      position,
      acceptedAt,
      key,
    })),
    settlements,
    resubmissions,
    payload: first.record.payload,
  };
};
