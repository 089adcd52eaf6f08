import type { Row } from "./allowances.ts";
import {
  active,
  anyActive,
  connectorOf,
  disturbedFor,
  hasSiteTrouble,
  isLate,
  replicationLagMs,
  seemedDead,
  touches,
  wasLong,
} from "./circumstances.ts";
import type { Given, Lapse, Write } from "./ledgers.ts";
import { type Schedule, sitesOf } from "./schedule-model.ts";
import { leaseTimings } from "./timings.ts";

export interface DuplicateFinding {
  readonly given: Given;
  readonly first: Write;
  readonly second: Write;
  /** When a person decided about the entry. */
  readonly decidedAt: readonly number[];
  readonly lapses: readonly Lapse[];
}

export const givenToTwo: Row<DuplicateFinding> = {
  name: "given to two regions",
  promise: "one wire send for an identity given to two regions within the lag is not promised",
  explains: ({ given, first, second }, schedule) =>
    first.duty !== second.duty && isGivenToTwo(given, second.at, schedule),
};

const isGivenToTwo = (given: Given, before: number, schedule: Schedule): boolean => {
  const tries = given.tries.filter(({ at }) => at <= before);
  return tries.some((one) =>
    tries.some(
      (other) =>
        one.region !== other.region &&
        Math.abs(one.at - other.at) < replicationLagMs + disturbedFor(one.at, other.at, schedule),
    ),
  );
};

/** Whether a region that it was given to may have seemed lost when it was numbered there. */
export const isRescued = (given: Given, before: number, { shape, faults }: Schedule): boolean =>
  shape.store === "dynamo" &&
  faults.some(
    (fault) =>
      given.tries.some(({ region }) => touches(fault, region)) &&
      active(fault, before - 2 * leaseTimings.ttlMs, before),
  );

export const duplicateRows: readonly Row<DuplicateFinding>[] = [
  {
    name: "resend",
    promise: "on a timeout: one per resend",
    explains: ({ given, first }, schedule) =>
      first.answer?.verdict !== "delivered" && connectorOf(given, schedule)?.onUnknown === "resend",
  },
  {
    name: "still on its way",
    promise: "exactly one effect at a taker that ignores the identity is not promised",
    explains: ({ first, second }) => wasLong(first) && second.at < (first.takenAt ?? 0),
  },
  givenToTwo,
  {
    name: "rescued",
    promise: "what a lost region did not number its adopter takes over; coming back just then, it numbers it too",
    explains: ({ given, first, second }, schedule) =>
      first.duty !== second.duty && isRescued(given, second.at, schedule),
  },
  {
    name: "new incarnation",
    promise: "a region without its disk and without its peers accepts again what it accepted before",
    explains: ({ given, first, second }, schedule) =>
      given.tries.length > 1 &&
      schedule.faults.some(({ kind, at }) => kind === "disk-lost" && at < second.at) &&
      anyActive(schedule, first.at - leaseTimings.ttlMs, second.at),
  },
  {
    name: "lapse",
    promise: "on a lapse: the adopter's open entries that had been sent; on a planned return: none",
    explains: ({ given, first, second, lapses }, schedule) => {
      const sameHold =
        first.machine === second.machine && first.process === second.process && first.epoch === second.epoch;
      if (sameHold || connectorOf(given, schedule)?.onUnknown !== "resend") return false;
      if (isLate(schedule) && (isLent(given, schedule) || hasLapsed(lapses, first, second))) return true;
      const from = first.at - leaseTimings.ttlMs;
      return schedule.faults.some(
        (fault) =>
          // What is stopped in order hands over by a marker, which can be read unless messages are lost.
          (fault.kind !== "restart" || schedule.shape.weather.late > 0) &&
          ((touches(fault, first.machine) && active(fault, from, second.at)) || active(fault, first.at, second.at)),
      );
    },
  },
  {
    name: "switch",
    promise: "on a switch, failback included: deliveries since notSettledSince",
    explains: ({ second }, schedule) =>
      second.site !== null && sitesOf(schedule.shape.partner).some((site) => seemedDead(site, second.at, schedule)),
  },
  {
    name: "a person",
    promise: "a person decides what is unknown or faulted",
    explains: ({ first, second, decidedAt }) => decidedAt.some((at) => at > first.at && at <= second.at),
  },
];

export interface ServedAgainFinding {
  readonly given: Given;
  readonly at: number;
  readonly decidedAt: readonly number[];
}

export const servedAgainRows: readonly Row<ServedAgainFinding>[] = [
  {
    name: "rescued",
    promise: "what a lost region did not number its adopter takes over; coming back just then, it numbers it too",
    explains: ({ given, at }, schedule) => isRescued(given, at, schedule),
  },
  {
    name: "given to two regions",
    promise: "one wire send for an identity given to two regions within the lag is not promised",
    explains: ({ given, at }, schedule) => isGivenToTwo(given, at, schedule),
  },
  {
    name: "new incarnation",
    promise: "a region without its disk accepts again what no peer had: then it stands where no cursor has been",
    explains: ({ given, at }, schedule) =>
      schedule.faults.some((fault) => fault.kind === "disk-lost" && fault.at < at && firstTryAt(given) < fault.until),
  },
  {
    name: "a person",
    promise: "a person decides what is unknown or faulted",
    explains: ({ at, decidedAt }) => decidedAt.some((decided) => decided <= at),
  },
];

const firstTryAt = ({ tries }: Given): number => tries[0]?.at ?? Number.POSITIVE_INFINITY;

/** Whether a connector may have been handed over for its link: one that sends, or reads. */
const isLent = (given: Given, schedule: Schedule): boolean => {
  const { role, poll = null } = connectorOf(given, schedule) ?? {};
  return (role === "send" || poll !== null) && hasSiteTrouble(schedule);
};

const hasLapsed = (lapses: readonly Lapse[], first: Write, second: Write): boolean =>
  lapses.some(({ at, duty, epoch }) => duty === first.duty && epoch === first.epoch && at <= second.at);
