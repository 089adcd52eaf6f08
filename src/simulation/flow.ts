import { regionPolicy } from "../core/policy.ts";
import {
  active,
  connectorOf,
  firstAcknowledgedAt,
  isLate,
  linkTrouble,
  reconnectMs,
  siteTrouble,
  wasReplicated,
} from "./circumstances.ts";
import { waysCut } from "./faults.ts";
import type { Finding } from "./finding.ts";
import type { Given, Ledgers } from "./ledgers.ts";
import { type Fault, machinesOf, type PollShape, type Schedule } from "./schedule-model.ts";
import { wasServed } from "./servings.ts";
import { leaseTimings } from "./timings.ts";

/**
 * Longest that accepted entries may stand still while a majority and the taker are there, in milliseconds: the expiry
 * of the lost region's lease, a request to it that is not answered, and 5 s; before that, where the holder is blind but
 * alive, one ttl until it notices.
 */
const resumesWithinMs = 2 * leaseTimings.ttlMs + leaseTimings.requestTimeoutMs + 5_000;

/** A breaker that opened rests this long at most, in milliseconds. */
const breakerRestsMs = regionPolicy.partner.breaker.longestRestMs;

/** What no other region could do better, or no region at all. */
const isNobodys = ({ kind }: Fault): boolean =>
  kind === "hub-fails" || kind === "disk-full" || linkTrouble.includes(kind) || siteTrouble.includes(kind);

/** A time in which the same machines stand together and the taker is well. */
interface Steady {
  readonly from: number;
  readonly to: number;
  readonly standing: ReadonlySet<string>;
}

/** Invariant 4: in every steady time what one of its regions holds is delivered in time. */
export const stills = (schedule: Schedule, ledgers: Ledgers): Finding[] => {
  // Late answers move leases: such runs are judged by their end alone.
  if (isLate(schedule)) return [];
  const findings: Finding[] = [];
  for (const steady of steadyTimes(schedule)) {
    for (const given of ledgers.given.values()) {
      const due = dueAt(given, steady, schedule);
      if (due === null || due > steady.to || wasTaken(given, due, ledgers, schedule)) continue;
      const what = `stood still: held by a majority since ${Math.round(due - resumesWithinMs)} ms, not taken by ${Math.round(due)} ms`;
      findings.push({ invariant: "flow resumes", what, identity: given.identity });
    }
  }
  return findings;
};

const steadyTimes = (schedule: Schedule): Steady[] => {
  const { faults } = schedule;
  const edges = [0, ...faults.flatMap(({ at, until }) => [at, until])].sort((a, b) => a - b);
  const steady: Steady[] = [];
  edges.forEach((from, index) => {
    const to = edges[index + 1];
    if (to === undefined || to === from) return;
    const present = faults.filter((fault) => active(fault, from + 1, to - 1));
    // A voter that lost its disk grants nothing before a majority of the others has told it the epochs.
    const forgot = faults.some(({ kind, until }) => kind === "disk-lost" && until <= from) && present.length > 0;
    const judged = !forgot && !present.some(isNobodys);
    const standing = judged ? majorityOf(present, schedule) : new Set<string>();
    const last = steady.at(-1);
    if (last === undefined || !isSame(last.standing, standing)) steady.push({ from, to, standing });
    else steady[steady.length - 1] = { ...last, to };
  });
  return steady.filter(({ from, to }) => to - from >= resumesWithinMs);
};

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((name) => b.has(name));

/** When the event must have been taken; null where nothing is promised of it in this time. */
const dueAt = (given: Given, steady: Steady, schedule: Schedule): number | null => {
  const connector = connectorOf(given, schedule);
  if (connector?.role === "poll" && connector.poll !== null) return readAt(given, steady, connector.poll, schedule);
  const acknowledgedAt = firstAcknowledgedAt(given);
  if (acknowledgedAt === null || given.gift.fate !== "taken" || connector === undefined) return null;
  if (connector.ordering !== "none" || connector.onUnknown !== "resend") return null;
  // What a hub keeps was answered by the hub, not by a region that has replicated it.
  if (connector.subscribes && connector.durability === "replicated") return null;
  if (isIll(steady, schedule) || (connector.feed !== null && isApart(steady, schedule))) return null;
  const by = given.tries.find(({ answer }) => answer?.acknowledged === true)?.region ?? "";
  const acting = steady.standing;
  const alone =
    connector.durability === "replicated" && schedule.shape.regions.filter((one) => acting.has(one)).length < 2;
  if (alone) return null;
  const from = Math.max(acknowledgedAt, steady.from);
  if (acting.has(by)) return from + resumesWithinMs;
  const holders = schedule.shape.regions.filter((one) => one !== by && acting.has(one));
  const reached = holders.some((one) => wasReplicated(by, one, acknowledgedAt, steady.from - reconnectMs, schedule));
  return reached ? from + resumesWithinMs : null;
};

/** Over tables a page has what came to the region that is read, which tells nobody that nothing comes any more. */
const isApart = (steady: Steady, { shape, faults }: Schedule): boolean =>
  shape.store === "dynamo" && faults.some((fault) => "from" in fault && active(fault, steady.from, steady.to));

/** Whether the taker, or who is read, may be out of reach, or rests after it was. */
const isIll = (steady: Steady, { faults }: Schedule): boolean =>
  faults.some((fault) => isNobodys(fault) && active(fault, steady.from - breakerRestsMs, steady.to));

/** When what came to be at a partner must have been read and published, whichever region does it. */
const readAt = (given: Given, steady: Steady, poll: PollShape, schedule: Schedule): number | null => {
  const { shape, faults } = schedule;
  const connector = connectorOf(given, schedule);
  const isPlain = connector?.ordering === "none" && connector.durability === "regional";
  // A site that was left may have lost it, and one that is not in use has it later.
  const isSure = shape.partner.mode !== "active-active" && !faults.some(({ kind }) => siteTrouble.includes(kind));
  if (given.madeAt === null || given.gift.fate !== "taken" || !isPlain || !isSure) return null;
  if (isIll(steady, schedule) || steady.standing.size === 0) return null;
  return Math.max(given.madeAt, steady.from) + resumesWithinMs + poll.everyMs;
};

/** The machines that run and reach a majority of all, each of them every other, both ways; empty where there are none. */
const majorityOf = (faults: readonly Fault[], schedule: Schedule): ReadonlySet<string> => {
  const all = machinesOf(schedule.shape);
  const cut = new Set(
    faults.flatMap((fault) =>
      fault.kind === "isolated" || fault.kind === "cut" || fault.kind === "cut-one-way"
        ? waysCut(fault, schedule).map(([from, to]) => `${from}>${to}`)
        : [],
    ),
  );
  const runs = all.filter((machine) => !faults.some((fault) => stops(fault, machine)));
  const meets = (a: string, b: string): boolean => !cut.has(`${a}>${b}`) && !cut.has(`${b}>${a}`);
  const standing = runs.filter((machine) => runs.filter((other) => meets(machine, other)).length > all.length / 2);
  return new Set(standing);
};

const stops = (fault: Fault, machine: string): boolean =>
  (fault.kind === "crash" ||
    fault.kind === "restart" ||
    fault.kind === "disk-lost" ||
    fault.kind === "freeze" ||
    fault.kind === "suspend") &&
  fault.machine === machine;

const wasTaken = (given: Given, due: number, ledgers: Ledgers, schedule: Schedule): boolean => {
  const feed = connectorOf(given, schedule)?.feed ?? null;
  if (feed !== null) return wasServed(ledgers, feed, given.identity, due);
  return ledgers.writes.some(
    ({ identity, takenAt }) => identity === given.identity && takenAt !== null && takenAt <= due,
  );
};
