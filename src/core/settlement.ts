import { type JournalName, type Outcome, outcomeNames, type SettlementRecord, type SwitchRecord } from "./records.ts";

/** A switch with the journal that holds it, which breaks ties between two regions that decided at once. */
export interface KnownSwitch extends SwitchRecord {
  readonly journal: JournalName;
}

/** Whether a delivery may have been forgotten by the site that acknowledged it (protocol rules 16 and 17). */
export const isUndone = (settlement: SettlementRecord, switches: readonly KnownSwitch[]): boolean =>
  settlement.outcome === "delivered" &&
  settlement.site !== null &&
  switches.some(
    (change) =>
      change.home === settlement.home &&
      change.from === settlement.site &&
      settlement.siteSeq < change.seq &&
      settlement.time >= change.notSettledSince,
  );

export type EntryState =
  | { readonly kind: "open"; readonly round: number }
  | { readonly kind: "settled"; readonly round: number; readonly settlement: SettlementRecord };

/**
 * State of an identity from everything that the known journals say of it. Symmetric in its inputs: the order in which
 * records arrived does not matter.
 *
 * @param round highest round opened by a resubmission, 0 where there was none
 */
export const stateOf = (
  round: number,
  settlements: readonly SettlementRecord[],
  switches: readonly KnownSwitch[],
): EntryState => {
  let best: SettlementRecord | undefined;
  for (const settlement of settlements) {
    if (settlement.round < round || isUndone(settlement, switches)) continue;
    if (best === undefined || rank(settlement) < rank(best)) best = settlement;
  }
  return best === undefined ? { kind: "open", round } : { kind: "settled", round: best.round, settlement: best };
};

const rank = (settlement: SettlementRecord): number =>
  outcomeNames.indexOf(settlement.outcome) - settlement.round * outcomeNames.length;

/** The switch that rules a chain: highest `seq`, then the highest journal name. */
export const rulingSwitch = (home: string, switches: readonly KnownSwitch[]): KnownSwitch | undefined => {
  let ruling: KnownSwitch | undefined;
  for (const change of switches) {
    if (change.home !== home) continue;
    const higher =
      ruling === undefined || change.seq > ruling.seq || (change.seq === ruling.seq && change.journal > ruling.journal);
    if (higher) ruling = change;
  }
  return ruling;
};

/** Whether an entry that ended so is listed until a person decides; until then it is not forgotten. */
export const needsPerson = (outcome: Outcome): boolean => outcome === "faulted" || outcome === "unknown";
