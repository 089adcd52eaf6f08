import { regionPolicy } from "../core/policy.ts";
import type { Given, Write } from "./ledgers.ts";
import { type Fault, machinesOf, type Schedule } from "./schedule-model.ts";
import { leaseTimings } from "./timings.ts";

// What the fault plan, and what giver and taker saw, tell about the time of a finding.

/** Longest that an undisturbed region takes to have its records at a peer, in milliseconds. */
export const replicationLagMs = 2_500;

/** Longest until two regions replicate again after something between them is well again, in milliseconds. */
export const reconnectMs = regionPolicy.replication.waitMs + leaseTimings.requestTimeoutMs + replicationLagMs;

/** Longer under way than a lookup or a resend waits. */
export const wasLong = ({ at, takenAt }: Write): boolean => takenAt !== null && takenAt - at > 3_000;

export const connectorOf = (given: Given, schedule: Schedule) =>
  schedule.shape.connectors.find(({ name }) => name === given.gift.connector);

export const firstAcknowledgedAt = (given: Given): number | null => {
  const times = given.tries.flatMap(({ answer }) => (answer?.acknowledged === true ? [answer.at] : []));
  return times.length === 0 ? null : Math.min(...times);
};

export const lastTryAt = (given: Given): number => Math.max(...given.tries.map(({ at }) => at));

export const isReplicated = (given: Given, schedule: Schedule): boolean => {
  const connector = connectorOf(given, schedule);
  return connector?.durability === "replicated" && connector.whenAlone === "refuse";
};

export const disksLost = (schedule: Schedule, region: string): readonly Fault[] =>
  schedule.faults.filter((fault) => fault.kind === "disk-lost" && fault.machine === region);

export const active = (fault: Fault, from: number, to: number): boolean => fault.at <= to && fault.until >= from;

/** Whether messages are late or lost without a fault, on whichever way. */
export const isLate = ({ shape }: Schedule): boolean => shape.weather.late > 0 || shape.link.late > 0;

export const anyActive = (schedule: Schedule, from: number, to: number): boolean =>
  schedule.shape.weather.late > 0 || schedule.faults.some((fault) => active(fault, from, to));

/** Whether a fault touches what a machine does or how it reaches the others. */
export const touches = (fault: Fault, machine: string): boolean =>
  ("machine" in fault && fault.machine === machine) ||
  ("from" in fault && (fault.from === machine || fault.to === machine));

const ours: readonly Fault["kind"][] = [
  "crash",
  "restart",
  "freeze",
  "suspend",
  "disk-lost",
  "isolated",
  "cut",
  "cut-one-way",
  "replication-stopped",
  "disk-full",
];

/** Whether nothing of ours was broken in this time. */
export const wasCalm = (schedule: Schedule, from: number, to: number): boolean =>
  !schedule.faults.some((fault) => ours.includes(fault.kind) && active(fault, from, to));

/** Whether a region had the time to replicate to a peer: a window as long as the lag in which nothing kept it from it. */
export const wasReplicated = (region: string, peer: string, from: number, to: number, schedule: Schedule): boolean =>
  longestCalm(region, peer, from, to, schedule) >= lagOf(schedule);

export const wasReplicatedAnywhere = (region: string, from: number, to: number, schedule: Schedule): boolean =>
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

export const disturbedFor = (from: number, to: number, schedule: Schedule): number =>
  anyActive(schedule, Math.min(from, to) - replicationLagMs, Math.max(from, to)) ? Number.POSITIVE_INFINITY : 0;

export const siteTrouble: readonly Fault["kind"][] = [
  "site-lost",
  "site-hangs",
  "site-mute",
  "site-slow",
  "site-answers",
];

export const linkTrouble: readonly Fault["kind"][] = ["link-cut", "link-one-way", "link-narrow", "link-refused"];

export const hasSiteTrouble = (schedule: Schedule): boolean =>
  schedule.faults.some(({ kind }) => siteTrouble.includes(kind) || linkTrouble.includes(kind) || kind === "isolated");

/** Whether a site was in trouble before this moment, or all regions that could tell were cut off from it. */
export const seemedDead = (site: string, before: number, schedule: Schedule): boolean => {
  const faults = schedule.faults.filter(({ at }) => at <= before);
  if (faults.some((fault) => siteTrouble.includes(fault.kind) && "site" in fault && fault.site === site)) return true;
  // A lost message is enough for a site to seem dead, and for a peer to be out of reach.
  if (isLate(schedule)) return true;
  return faults.some((fault) => cutsOff(fault, site) && blindOthers(fault, site, faults, schedule));
};

const cutsOff = (fault: Fault, site: string): boolean =>
  ("site" in fault && "machine" in fault && fault.site === site) || fault.kind === "isolated";

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
