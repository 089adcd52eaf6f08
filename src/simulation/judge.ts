import { pollHomeOf } from "../core/homes.ts";
import { duplicateRows, servedAgainRows } from "./allow-duplicates.ts";
import { forgottenRows, lostRows, unexplained } from "./allowances.ts";
import { connectorOf, firstAcknowledgedAt } from "./circumstances.ts";
import type { Finding } from "./finding.ts";
import { stills } from "./flow.ts";
import { disorder } from "./judge-order.ts";
import type { Given, Ledgers, Read, Write } from "./ledgers.ts";
import type { Schedule } from "./schedule-model.ts";

/** What the operator finds when all is over. */
export interface Aftermath {
  /** Whether the taker has the event in the end. */
  readonly taken: (given: Given) => boolean;
  /** How the ledgers of the regions list an identity, null: not at all, or as open. */
  readonly listed: (given: Given) => string | null;
  /** Found while the run went on, by looking at what each region believed at each write. */
  readonly seen: readonly Finding[];
}

/** Judges one run by what giver and takers saw and by the lists that an operator would read. */
export const judge = (schedule: Schedule, ledgers: Ledgers, after: Aftermath): readonly Finding[] => [
  ...after.seen,
  ...lost(schedule, ledgers, after),
  ...duplicates(schedule, ledgers),
  ...servedAgain(schedule, ledgers),
  ...disorder(schedule, ledgers),
  ...zombies(ledgers),
  ...strangers(schedule, ledgers),
  ...stills(schedule, ledgers),
  ...invented(ledgers),
];

const lost = (schedule: Schedule, ledgers: Ledgers, after: Aftermath): Finding[] => {
  const findings: Finding[] = [];
  for (const given of ledgers.given.values()) {
    const acknowledgedAt = firstAcknowledgedAt(given);
    if (acknowledgedAt === null) continue;
    const listed = after.listed(given);
    if (after.taken(given)) continue;
    if (listed !== null && isFair(given, listed, schedule, ledgers)) continue;
    const acknowledgedBy = [
      ...new Set(given.tries.flatMap(({ region, answer }) => (answer?.acknowledged === true ? [region] : []))),
    ];
    const askedAt = Math.min(...given.tries.filter(({ answer }) => answer?.acknowledged === true).map(({ at }) => at));
    const finding = { given, acknowledgedBy, acknowledgedAt, askedAt };
    if (listed === null && !unexplained(finding, lostRows, schedule)) continue;
    if (listed === "delivered" && !unexplained(given, forgottenRows, schedule)) continue;
    const what = `acknowledged at ${Math.round(acknowledgedAt)} ms, not at the taker, listed as ${listed ?? "nothing"}`;
    findings.push({ invariant: "nothing lost", what, identity: given.identity });
  }
  return findings;
};

/** Whether the plan explains that an event did not arrive and is listed like this. */
const isFair = (given: Given, listed: string, schedule: Schedule, ledgers: Ledgers): boolean => {
  const { fate, key } = given.gift;
  switch (listed) {
    case "ignored":
      return fate === "ignored";
    case "faulted":
    case "discarded":
      return fate === "untranslatable" || fate === "refused";
    case "superseded": {
      const later = [...ledgers.given.values()].some(
        (other) => other !== given && other.gift.key === key && other.gift.connector === given.gift.connector,
      );
      return connectorOf(given, schedule)?.ordering === "latest" && later;
    }
    default:
      return false;
  }
};

const byIdentity = (writes: readonly Write[]): Map<string, Write[]> => {
  const grouped = new Map<string, Write[]>();
  for (const write of writes) {
    const group = grouped.get(write.identity);
    if (group === undefined) grouped.set(write.identity, [write]);
    else group.push(write);
  }
  return grouped;
};

const duplicates = (schedule: Schedule, ledgers: Ledgers): Finding[] => {
  const findings: Finding[] = [];
  for (const [identity, writes] of byIdentity(ledgers.writes)) {
    const given = ledgers.given.get(identity);
    const taken = writes.filter(({ takenAt }) => takenAt !== null);
    const decidedAt = ledgers.decisions.filter((one) => one.identity === identity).map(({ at }) => at);
    for (let at = 1; at < taken.length; at++) {
      const first = taken[at - 1];
      const second = taken[at];
      if (given === undefined || first === undefined || second === undefined) continue;
      const finding = { given, first, second, decidedAt, lapses: ledgers.lapses };
      if (!unexplained(finding, duplicateRows, schedule)) continue;
      const what = `written again at ${Math.round(second.at)} ms by ${second.machine}, was taken from ${first.machine}`;
      findings.push({ invariant: "no duplicate", what, identity });
    }
  }
  return findings;
};

/** A duty of a connector passes from epoch to epoch: who writes under an older one than was seen acts without a lease. */
const zombies = (ledgers: Ledgers): Finding[] => {
  const findings: Finding[] = [];
  const highest = new Map<string, Read>();
  const acts: readonly (Read & { readonly identity?: string })[] = [...ledgers.writes, ...ledgers.reads];
  for (const write of [...acts].sort((a, b) => a.at - b.at)) {
    const duty = `${write.connector} ${write.duty}`;
    const before = highest.get(duty);
    if (before === undefined || write.epoch >= before.epoch) {
      highest.set(duty, write);
      continue;
    }
    const what = `${write.machine} wrote for ${write.duty} under epoch ${write.epoch} at ${Math.round(write.at)} ms, after epoch ${before.epoch} of ${before.machine}`;
    const { identity } = write;
    findings.push({ invariant: "no zombie", what, ...(identity === undefined ? {} : { identity }) });
  }
  return findings;
};

/** One region polls for a connector: whoever holds the duty that all regions agree on. */
const strangers = ({ shape }: Schedule, ledgers: Ledgers): Finding[] =>
  ledgers.reads
    .filter(({ connector, duty }) => duty !== pollHomeOf(connector, shape))
    .map(({ at, machine, connector, duty }) => ({
      invariant: "no zombie",
      what: `${machine} polled for ${connector} under the duty of ${duty} at ${Math.round(at)} ms`,
    }));

/** A page brings nothing that is within the cursor it was asked for with. */
const servedAgain = (schedule: Schedule, ledgers: Ledgers): Finding[] =>
  ledgers.servings.flatMap(({ at, reader, region, identity, again }) => {
    const given = ledgers.given.get(identity);
    if (!again || given === undefined) return [];
    const decidedAt = ledgers.decisions.filter((one) => one.identity === identity).map((one) => one.at);
    if (!unexplained({ given, at, decidedAt }, servedAgainRows, schedule)) return [];
    const what = `${region} served it to ${reader} at ${Math.round(at)} ms, within the cursor that was presented`;
    return [{ invariant: "no duplicate", what, identity }];
  });

const invented = (ledgers: Ledgers): Finding[] =>
  [...ledgers.writes, ...ledgers.servings]
    .filter(({ identity, connector }) => ledgers.given.get(identity)?.gift.connector !== connector)
    .map(({ identity, connector }) => ({
      invariant: "nothing invented",
      what: `${connector} wrote what nobody gave it`,
      identity,
    }));
