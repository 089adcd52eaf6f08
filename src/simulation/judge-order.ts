import { orderRows } from "./allow-order.ts";
import { unexplained } from "./allowances.ts";
import { firstAcknowledgedAt, lastTryAt } from "./circumstances.ts";
import type { Finding } from "./finding.ts";
import { numberDisorder } from "./judge-numbers.ts";
import type { Given, Ledgers, Write } from "./ledgers.ts";
import type { ConnectorShape, Schedule } from "./schedule-model.ts";
import { servingsAsWrites } from "./servings.ts";

/** What one taker got: of the hub and of a partner all writes, of a reader of a feed what it was served. */
type Effects = readonly Write[];

/** Invariant 3: what was acknowledged before another of its key was given at all takes effect first. */
export const disorder = (schedule: Schedule, ledgers: Ledgers): Finding[] =>
  schedule.shape.hub === "unordered" ? numberDisorder(schedule, ledgers) : placeDisorder(schedule, ledgers);

const placeDisorder = (schedule: Schedule, ledgers: Ledgers): Finding[] =>
  schedule.shape.connectors
    .filter(({ ordering }) => ordering !== "none")
    .flatMap((connector) =>
      takersOf(connector, ledgers).flatMap((effects) => disorderAt(connector, effects, schedule, ledgers)),
    );

const takersOf = ({ name, feed }: ConnectorShape, ledgers: Ledgers): readonly Effects[] =>
  feed === null
    ? [ledgers.writes.filter(({ connector }) => connector === name)]
    : feed.readers.map((reader) => servingsAsWrites(ledgers, name, reader.name));

const disorderAt = ({ name }: ConnectorShape, effects: Effects, schedule: Schedule, ledgers: Ledgers): Finding[] => {
  const findings: Finding[] = [];
  const byIdentity = Map.groupBy(effects, ({ identity }) => identity);
  const firstAt = new Map<string, number>();
  for (const [identity, writes] of byIdentity) {
    const times = writes.flatMap(({ takenAt }) => (takenAt === null ? [] : [takenAt]));
    if (times.length > 0) firstAt.set(identity, Math.min(...times));
  }
  const all = [...ledgers.given.values()].filter(({ gift }) => gift.connector === name && gift.key !== null);
  for (const later of all) {
    const effect = firstAt.get(later.identity);
    if (effect === undefined) continue;
    const isPassed = (earlier: Given): boolean => {
      const first = firstAt.get(earlier.identity);
      if (first === undefined || first <= effect || !cameBefore(earlier, later)) return false;
      const decidedAt = ledgers.decisions.filter((one) => one.identity === earlier.identity).map(({ at }) => at);
      const writesOf = ({ identity }: Given): readonly Write[] => byIdentity.get(identity) ?? [];
      const finding = { earlier, later, earlierWrites: writesOf(earlier), laterWrites: writesOf(later), decidedAt };
      return unexplained(finding, orderRows, schedule);
    };
    const earlier = all.find(isPassed);
    if (earlier === undefined) continue;
    const what = `taken at ${Math.round(effect)} ms, before ${earlier.identity} of the same key, which was acknowledged first`;
    findings.push({ invariant: "order per key", what, identity: later.identity, other: earlier.identity });
  }
  return findings;
};

/**
 * Whether one was acknowledged for good before the other was given at all; of what is only read, whether it was taken
 * first by the one region that read both.
 */
const cameBefore = (earlier: Given, later: Given): boolean => {
  if (earlier === later || earlier.gift.key !== later.gift.key) return false;
  const [first] = earlier.tries;
  const [second] = later.tries;
  if (first === undefined || second === undefined) return false;
  if (first.turn !== null && second.turn !== null) return wasReadBefore(earlier, later);
  const acknowledgedAt = firstAcknowledgedAt(earlier);
  return acknowledgedAt !== null && acknowledgedAt < second.at && lastTryAt(earlier) < second.at;
};

const wasReadBefore = (earlier: Given, later: Given): boolean => {
  const both = [earlier, later];
  const tries = both.flatMap((given) => given.tries);
  const isOfOne = new Set(tries.map(({ region }) => region)).size === 1 && tries.every(({ turn }) => turn !== null);
  // What is handed in again stands where it was put then.
  if (!isOfOne || both.some(({ makings }) => makings > 1)) return false;
  const firsts = both.map((given) => given.tries[0]?.turn ?? 0);
  return isRising(firsts) && isRising(both.map(lastTurnBeforeTaken));
};

/** A page that was read as the lease ran out is dropped and read again: from outside either reading may have been taken. */
const lastTurnBeforeTaken = (given: Given): number | null => {
  const acknowledgedAt = firstAcknowledgedAt(given);
  return given.tries.findLast(({ at }) => acknowledgedAt !== null && at < acknowledgedAt)?.turn ?? null;
};

const isRising = ([first = null, second = null]: readonly (number | null)[]): boolean =>
  first !== null && second !== null && first < second;
