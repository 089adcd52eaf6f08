import { givenToTwo } from "./allow-duplicates.ts";
import type { Run } from "./simulation.ts";

/** What one run of a cell took, in virtual milliseconds; null where nothing of the kind was to happen, or did. */
export interface CellNumbers {
  /** Takings of an identity beyond its first, summed over all that were given to one region at a time. */
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

/** An identity that was given to two regions within the lag may be taken from both: that is the giver's doing. */
const duplicates = ({ ledgers, schedule }: Run): number => {
  let count = 0;
  for (const [identity, writes] of Map.groupBy(ledgers.writes, (write) => `${write.connector} ${write.identity}`)) {
    const given = ledgers.given.get(identity.slice(identity.indexOf(" ") + 1));
    const taken = writes.filter(({ takenAt }) => takenAt !== null);
    for (const [at, second] of taken.entries()) {
      const first = taken[at - 1];
      if (first === undefined || given === undefined) continue;
      const finding = { given, first, second, decidedAt: [], lapses: ledgers.lapses };
      if (!givenToTwo.explains(finding, schedule)) count++;
    }
  }
  return count + ledgers.servings.filter(({ again }) => again).length;
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
  const effects = [
    ...ledgers.writes.map(({ identity, takenAt }) => ({ identity, at: takenAt ?? 0 })),
    ...ledgers.servings,
  ];
  const held = effects.filter(({ identity, at }) => {
    const given = ledgers.given.get(identity);
    const givenAt = given?.madeAt ?? given?.tries[0]?.at;
    return at > healedAt && givenAt !== undefined && givenAt < healedAt;
  });
  return held.length === 0 ? null : Math.max(...held.map(({ at }) => at)) - healedAt;
};
