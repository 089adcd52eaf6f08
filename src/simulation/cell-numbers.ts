import type { Run } from "./simulation.ts";

/** What one run of a cell took, in virtual milliseconds; null where nothing of the kind was to happen, or did. */
export interface CellNumbers {
  /** Takings of one identity beyond its first, summed over all. */
  readonly duplicates: number;
  /** From a region's failure until another acted for a duty of it. */
  readonly takeoverMs: number | null;
  /** From a site's failure until a region of ours went over to another site. */
  readonly switchMs: number | null;
  /** From the end of all faults until what had been given before was with its taker. */
  readonly drainMs: number | null;
}

export const numbersOf = (run: Run): CellNumbers => ({
  duplicates: duplicates(run),
  takeoverMs: takeover(run),
  switchMs: siteSwitch(run),
  drainMs: drain(run),
});

const duplicates = ({ ledgers }: Run): number => {
  const taken = ledgers.writes.filter(({ takenAt }) => takenAt !== null);
  return taken.length - new Set(taken.map(({ connector, identity }) => `${connector} ${identity}`)).size;
};

const ourTrouble = ["crash", "freeze", "isolated", "disk-lost"];

const takeover = ({ schedule, ledgers }: Run): number | null => {
  for (const fault of schedule.faults) {
    if (!ourTrouble.includes(fault.kind) || !("machine" in fault)) continue;
    const taken = ledgers.moves.find(
      (move) => move.kind === "acting" && move.machine !== fault.machine && move.at > fault.at && move.at < fault.until,
    );
    if (taken !== undefined) return taken.at - fault.at;
  }
  return null;
};

const siteSwitch = ({ schedule, ledgers }: Run): number | null => {
  for (const fault of schedule.faults) {
    if (!fault.kind.startsWith("site-")) continue;
    const switched = ledgers.moves.find(({ kind, at }) => kind === "switch" && at > fault.at && at < fault.until);
    if (switched !== undefined) return switched.at - fault.at;
  }
  return null;
};

const drain = ({ schedule, ledgers }: Run): number | null => {
  const healedAt = Math.max(...schedule.faults.map(({ until }) => until));
  const held = ledgers.writes.filter(({ identity, takenAt }) => {
    const givenAt = ledgers.given.get(identity)?.tries[0]?.at;
    return takenAt !== null && takenAt > healedAt && givenAt !== undefined && givenAt < healedAt;
  });
  return held.length === 0 ? null : Math.max(...held.map(({ takenAt }) => takenAt ?? 0)) - healedAt;
};
