import { regionPolicy } from "../core/policy.ts";
import type { Given, Lapse, Write } from "./ledgers.ts";
import type { Fault, Schedule } from "./schedule.ts";
import { leaseTimings, machinesOf, sitesOf } from "./schedule.ts";

/**
 * What the protocol does not promise, as one table: the judge passes over a finding only where a row explains it, and
 * each row looks at the fault plan and at what giver and taker saw, never at what the gateway says of itself.
 */
export interface Row<T> {
  readonly name: string;
  readonly promise: string;
  readonly explains: (finding: T, schedule: Schedule) => boolean;
}

/** Longest that an undisturbed region takes to have its records at a peer, in milliseconds. */
export const replicationLagMs = 2_500;

/** Longest until two regions replicate again after something between them is well again, in milliseconds. */
export const reconnectMs = regionPolicy.replication.waitMs + leaseTimings.requestTimeoutMs + replicationLagMs;

export interface LostFinding {
  readonly given: Given;
  readonly acknowledgedBy: readonly string[];
  /** When the giver saw the first answer, and when it had asked for it. */
  readonly acknowledgedAt: number;
  readonly askedAt: number;
}

export const lostRows: readonly Row<LostFinding>[] = [
  {
    name: "regional, disk lost",
    promise: "`regional` unless that region's disk is lost within the replication lag (+ cut)",
    explains: ({ given, acknowledgedBy, acknowledgedAt, askedAt }, schedule) =>
      !isReplicated(given, schedule) &&
      acknowledgedBy.every((region) =>
        disksLost(schedule, region).some(
          ({ at }) => at >= askedAt && !wasReplicatedAnywhere(region, acknowledgedAt, at, schedule),
        ),
      ),
  },
  {
    name: "two disks lost",
    promise: "`replicated` unless two regions are [lost]",
    explains: ({ askedAt }, schedule) => {
      const lost = schedule.shape.regions.filter((region) =>
        disksLost(schedule, region).some(({ at }) => at >= askedAt),
      );
      return lost.length >= 2;
    },
  },
];

/** For an event that was delivered, and then forgotten by the partner. */
export const forgottenRows: readonly Row<Given>[] = [
  {
    name: "switch lost with the disk",
    promise: "what a region knew alone, its switch of the site too, goes with its disk",
    explains: (_given, schedule) =>
      schedule.faults.some(
        (disk) =>
          disk.kind === "disk-lost" &&
          schedule.faults.some(
            (site) => siteTrouble.includes(site.kind) && site.at < disk.at && site.until + reconnectMs > disk.at,
          ),
      ),
  },
];

export interface DuplicateFinding {
  readonly given: Given;
  readonly first: Write;
  readonly second: Write;
  /** When a person decided about the entry. */
  readonly decidedAt: readonly number[];
  readonly lapses: readonly Lapse[];
}

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
  {
    name: "given to two regions",
    promise: "one wire send for an identity given to two regions within the lag is not promised",
    explains: ({ given, first, second }, schedule) => {
      const tries = given.tries.filter(({ at }) => at <= second.at);
      if (first.duty === second.duty || new Set(tries.map(({ region }) => region)).size < 2) return false;
      return tries.some((one) =>
        tries.some(
          (other) =>
            one.region !== other.region &&
            Math.abs(one.at - other.at) < replicationLagMs + disturbedFor(one.at, other.at, schedule),
        ),
      );
    },
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
      if (schedule.shape.weather.late > 0 && (isLent(given, schedule) || hasLapsed(lapses, first, second))) return true;
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

export interface OrderFinding {
  readonly earlier: Given;
  readonly later: Given;
  readonly earlierWrites: readonly Write[];
  readonly laterWrites: readonly Write[];
  readonly decidedAt: readonly number[];
}

export const orderRows: readonly Row<OrderFinding>[] = [
  {
    name: "still on its way",
    promise: "superseded, unless in flight: a request that was given up may arrive all the same",
    explains: ({ earlierWrites }) => earlierWrites.some(wasLong),
  },
  {
    name: "order between regions",
    promise: "key order: acceptance order in one region; over two regions with `replicated` and a giver who waits",
    explains: ({ earlier, later }, schedule) => {
      const regions = new Set([...earlier.tries, ...later.tries].map(({ region }) => region));
      if (regions.size === 1) return false;
      const connector = connectorOf(earlier, schedule);
      // A publisher is answered by its hub, before any region has the event.
      const waits = schedule.shape.giverWaits && connector?.subscribes === false;
      const promised = waits && connector.durability === "replicated" && connector.whenAlone === "refuse";
      // Given to two regions, an event stands in two journals, and what supersedes it in one is not yet known to the other.
      const twice = connector?.ordering === "latest" && new Set(earlier.tries.map(({ region }) => region)).size > 1;
      return !promised || twice || schedule.shape.regions.length > 2;
    },
  },
  {
    name: "newest not replicated",
    promise: "`regional`: an adopter goes by what it has read, so it may miss what superseded an event",
    explains: ({ earlier, earlierWrites, laterWrites }, schedule) =>
      connectorOf(earlier, schedule)?.ordering === "latest" &&
      !isReplicated(earlier, schedule) &&
      earlierWrites.every(({ machine, process }) =>
        laterWrites.every((write) => write.machine !== machine || write.process !== process),
      ),
  },
  {
    name: "disk lost",
    promise: "a region that lost its disk while no peer could tell accepts without knowing what came before",
    explains: ({ earlier, later }, schedule) => {
      const from = firstAcknowledgedAt(earlier) ?? 0;
      const lost = schedule.faults.filter(({ kind, at }) => kind === "disk-lost" && at < lastTryAt(later));
      return lost.some((fault) => fault.until >= from || !wasCalm(schedule, fault.until, from));
    },
  },
  {
    name: "a person",
    promise: "what a person sends again comes when they decide",
    explains: ({ decidedAt }) => decidedAt.length > 0,
  },
  {
    name: "sites of an active-active partner",
    promise: "no order is promised between the sites of an active-active partner",
    explains: (_finding, schedule) => schedule.shape.partner.mode === "active-active" && hasSiteTrouble(schedule),
  },
];

/** Whether a connector may have been handed over for its link. */
const isLent = (given: Given, schedule: Schedule): boolean =>
  connectorOf(given, schedule)?.role === "send" && hasSiteTrouble(schedule);

const hasLapsed = (lapses: readonly Lapse[], first: Write, second: Write): boolean =>
  lapses.some(({ at, duty, epoch }) => duty === first.duty && epoch === first.epoch && at <= second.at);

/** Longer under way than a lookup or a resend waits. */
const wasLong = ({ at, takenAt }: Write): boolean => takenAt !== null && takenAt - at > 3_000;

export const connectorOf = (given: Given, schedule: Schedule) =>
  schedule.shape.connectors.find(({ name }) => name === given.gift.connector);

export const firstAcknowledgedAt = (given: Given): number | null => {
  const times = given.tries.flatMap(({ answer }) => (answer?.acknowledged === true ? [answer.at] : []));
  return times.length === 0 ? null : Math.min(...times);
};

export const lastTryAt = (given: Given): number => Math.max(...given.tries.map(({ at }) => at));

const isReplicated = (given: Given, schedule: Schedule): boolean => {
  const connector = connectorOf(given, schedule);
  return connector?.durability === "replicated" && connector.whenAlone === "refuse";
};

const disksLost = (schedule: Schedule, region: string): readonly Fault[] =>
  schedule.faults.filter((fault) => fault.kind === "disk-lost" && fault.machine === region);

export const active = (fault: Fault, from: number, to: number): boolean => fault.at <= to && fault.until >= from;

const anyActive = (schedule: Schedule, from: number, to: number): boolean =>
  schedule.shape.weather.late > 0 || schedule.faults.some((fault) => active(fault, from, to));

/** Whether a fault touches what a machine does or how it reaches the others. */
export const touches = (fault: Fault, machine: string): boolean =>
  ("machine" in fault && fault.machine === machine) ||
  ((fault.kind === "cut" || fault.kind === "cut-one-way") && (fault.from === machine || fault.to === machine));

const ours: readonly Fault["kind"][] = [
  "crash",
  "restart",
  "freeze",
  "suspend",
  "disk-lost",
  "isolated",
  "cut",
  "cut-one-way",
  "disk-full",
];

/** Whether nothing of ours was broken in this time. */
const wasCalm = (schedule: Schedule, from: number, to: number): boolean =>
  !schedule.faults.some((fault) => ours.includes(fault.kind) && active(fault, from, to));

/** Whether a region had the time to replicate to a peer: a window as long as the lag in which nothing kept it from it. */
export const wasReplicated = (region: string, peer: string, from: number, to: number, schedule: Schedule): boolean =>
  longestCalm(region, peer, from, to, schedule) >= lagOf(schedule);

const wasReplicatedAnywhere = (region: string, from: number, to: number, schedule: Schedule): boolean =>
  schedule.shape.regions.some((peer) => peer !== region && wasReplicated(region, peer, from, to, schedule));

const lagOf = (schedule: Schedule): number => (schedule.shape.weather.late > 0 ? 20_000 : replicationLagMs);

const longestCalm = (region: string, peer: string, from: number, to: number, schedule: Schedule): number => {
  const between = schedule.faults.filter(
    (fault) =>
      ours.includes(fault.kind) &&
      ("machine" in fault
        ? fault.machine === region || fault.machine === peer
        : "from" in fault && [fault.from, fault.to].every((place) => place === region || place === peer)),
  );
  let longest = 0;
  let calmFrom = from;
  for (const fault of between) {
    if (fault.until + reconnectMs <= calmFrom) continue;
    if (fault.at >= to) break;
    longest = Math.max(longest, fault.at - calmFrom);
    // A peer that was away has to give up what it asked before, and to ask again.
    calmFrom = fault.until + reconnectMs;
  }
  return Math.max(longest, to - calmFrom);
};

const disturbedFor = (from: number, to: number, schedule: Schedule): number =>
  anyActive(schedule, Math.min(from, to) - replicationLagMs, Math.max(from, to)) ? Number.POSITIVE_INFINITY : 0;

export const siteTrouble: readonly Fault["kind"][] = [
  "site-lost",
  "site-hangs",
  "site-mute",
  "site-slow",
  "site-answers",
];

const hasSiteTrouble = (schedule: Schedule): boolean =>
  schedule.faults.some(({ kind }) => siteTrouble.includes(kind) || kind === "link-cut" || kind === "isolated");

/** Whether a site was in trouble before this moment, or all regions that could tell were cut off from it. */
const seemedDead = (site: string, before: number, schedule: Schedule): boolean => {
  const faults = schedule.faults.filter(({ at }) => at <= before);
  if (faults.some((fault) => siteTrouble.includes(fault.kind) && "site" in fault && fault.site === site)) return true;
  // A lost message is enough for a site to seem dead, and for a peer to be out of reach.
  if (schedule.shape.weather.late > 0) return true;
  return faults.some((fault) => cutsOff(fault, site) && blindOthers(fault, site, faults, schedule));
};

const cutsOff = (fault: Fault, site: string): boolean =>
  (fault.kind === "link-cut" && fault.site === site) || fault.kind === "isolated";

/** While this fault cuts one region off from the site, is there any other region that reaches it and can say so? */
const blindOthers = (fault: Fault, site: string, faults: readonly Fault[], schedule: Schedule): boolean => {
  const region = "machine" in fault ? fault.machine : "";
  const peers = machinesOf(schedule.shape).filter((name) => name !== region && name !== "witness");
  return peers.every((peer) =>
    faults.some(
      (other) =>
        other !== fault &&
        active(other, fault.at, fault.until + leaseTimings.ttlMs) &&
        (touches(other, peer) || touches(other, region) || (cutsOff(other, site) && touches(other, peer))),
    ),
  );
};
