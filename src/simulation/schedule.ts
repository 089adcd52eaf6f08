import type { Weather } from "./network.ts";
import type { ClockFault } from "./process.ts";
import { type Dice, dice } from "./random.ts";
import type { ConnectorShape, Fault, Gift, PartnerShape, Schedule, Shape } from "./schedule-model.ts";

export type { ConnectorShape, Fault, Gift, PartnerShape, Schedule, Shape } from "./schedule-model.ts";

export const leaseTimings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };

/** A process that is asked to stop is gone after this, in milliseconds. */
export const stopsWithinMs = 8_000;

/** Wall clocks of regions are taken to agree within this, in milliseconds, where a partner may lose its last events. */
export const wallSkewMs = 400;

const names = ["east", "west", "north", "south"];
export const calm: Weather = { latencyMs: [5, 40], late: 0, lateMs: [0, 0], twice: 0, lost: 0 };
export const rough: Weather = { latencyMs: [5, 120], late: 0.02, lateMs: [200, 6_000], twice: 0.02, lost: 0.01 };

const firstFaultMs = 6_000;
const lastFaultMs = 40_000;

/**
 * @param regions number of regions; absent: two, sometimes three
 * @param steer narrows the shapes down to where a certain thing can be seen
 */
export const scheduleOf = (
  seed: number,
  regions?: number,
  steer: (shape: Shape) => Shape = (shape) => shape,
): Schedule => {
  const root = dice(seed);
  const shapes = root.fork("shape");
  const undisturbed = shapes.chance(0.08);
  const shape = steer(shapeOf(shapes, regions ?? (shapes.chance(0.2) ? 3 : 2), undisturbed));
  const faults = undisturbed ? [] : faultsOf(root.fork("faults"), shape);
  const healedAt = Math.max(18_000, ...faults.map((fault) => fault.until)) + 500;
  return { seed, shape, faults, gifts: giftsOf(root.fork("gifts"), shape, faults, healedAt), healedAt };
};

export const machinesOf = (shape: Shape): readonly string[] =>
  shape.regions.length % 2 === 0 ? [...shape.regions, "witness"] : shape.regions;

export const sitesOf = (partner: PartnerShape): readonly [string, ...string[]] =>
  partner.mode === "one-site" ? ["main"] : ["zurich", "geneva"];

const shapeOf = (from: Dice, count: number, undisturbed: boolean): Shape => {
  const regions = names.slice(0, count);
  const partner = partnerOf(from);
  const drifts = !undisturbed && from.chance(0.4);
  const clocks: Record<string, ClockFault> = {};
  for (const machine of [...regions, "witness"]) {
    clocks[machine] = {
      rate: drifts ? 1 + (from.next() - 0.5) * 0.1 : 1,
      wallDrifts: drifts && partner.mode === "one-site",
      wallOffsetMs: (from.next() - 0.5) * wallSkewMs,
    };
  }
  return {
    regions,
    mode: from.chance(0.5) ? "primary-secondary" : "active-active",
    clocks,
    weather: undisturbed || from.chance(0.5) ? calm : rough,
    commitMs: [1, from.chance(0.2) ? 80 : 8],
    slowReads: from.chance(0.3),
    partner,
    connectors: connectorsOf(from, partner),
    giverWaits: from.chance(0.7),
  };
};

const partnerOf = (from: Dice): PartnerShape => {
  const lagMs = from.int(300, 4_000);
  return {
    mode: from.pick(["one-site", "primary-secondary", "primary-secondary", "active-active"]),
    lagMs,
    recoveryPointMs: lagMs + 500,
    failoverAfterMs: from.chance(0.1) ? null : from.int(2_000, 8_000),
    failbackAfterMs: from.chance(0.5) ? null : from.int(3_000, 8_000),
  };
};

const connectorsOf = (from: Dice, partner: PartnerShape): readonly ConnectorShape[] => {
  const roles: ("receive" | "send")[] = from.chance(0.25)
    ? ["receive", "send"]
    : [from.chance(0.3) ? "receive" : "send"];
  return roles.map((role): ConnectorShape => {
    const ordering = from.pick<ConnectorShape["ordering"]>(["none", "none", "key", "key", "key", "latest"]);
    return {
      name: role === "receive" ? "pushes" : "invoices",
      role,
      durability: from.chance(0.4) ? "replicated" : "regional",
      whenAlone: from.chance(0.15) ? "accept" : "refuse",
      ordering,
      // A taker that forgets its last events can only be helped by sending again.
      onUnknown: role === "receive" || partner.mode !== "one-site" ? "resend" : from.pick(["resend", "hold", "lookup"]),
      onFault: ordering === "key" && from.chance(0.5) ? "block-key" : "continue",
      subscribes: role === "send" && from.chance(0.3),
    };
  });
};

const giftsOf = (from: Dice, shape: Shape, faults: readonly Fault[], healedAt: number): readonly Gift[] => {
  const gifts: Gift[] = [];
  const until = healedAt + 14_000;
  for (const { name } of shape.connectors) {
    const count = from.int(10, 30);
    for (let id = 0; id < count; id++) {
      gifts.push(giftOf(from, shape, name, 500 + from.next() * (until - 500), giftRegion(from, shape)));
    }
    // What is under way when trouble begins, and what comes when it is over, tells most.
    for (const fault of faults) {
      const region = "machine" in fault && fault.machine !== "witness" ? fault.machine : giftRegion(from, shape);
      if (from.chance(0.5)) gifts.push(giftOf(from, shape, name, fault.at - from.int(5, 200), region));
      if (from.chance(0.5))
        gifts.push(giftOf(from, shape, name, fault.until + from.int(0, 3_000), giftRegion(from, shape)));
    }
  }
  return gifts.sort((a, b) => a.at - b.at).map((gift, id) => ({ ...gift, id }));
};

const giftOf = (from: Dice, shape: Shape, connector: string, at: number, region: string): Gift => ({
  at,
  connector,
  id: 0,
  key: from.chance(0.9) ? from.pick(["a", "b", "c"]) : null,
  region,
  again: from.chance(0.12) ? againOf(from, shape) : null,
  fate: from.chance(0.93) ? "taken" : from.pick(["ignored", "untranslatable", "refused"]),
});

const giftRegion = (from: Dice, shape: Shape): string => {
  const first = shape.regions[0] ?? "east";
  if (shape.mode === "primary-secondary" && from.chance(0.8)) return first;
  return shape.regions[from.int(0, shape.regions.length - 1)] ?? first;
};

const againOf = (from: Dice, shape: Shape): Gift["again"] => ({
  region: giftRegion(from, { ...shape, mode: "active-active" }),
  afterMs: from.chance(0.3) ? from.int(0, 50) : from.int(500, 8_000),
  otherContent: from.chance(0.3),
});

const kinds = [
  "crash",
  "crash",
  "restart",
  "freeze",
  "freeze",
  "suspend",
  "disk-lost",
  "isolated",
  "cut",
  "cut-regions",
  "cut-one-way",
  "step",
  "disk-full",
  "site-lost",
  "site-lost",
  "site-hangs",
  "site-mute",
  "site-slow",
  "site-answers",
  "link-cut",
  "link-cut-all",
  "hub-fails",
] as const;

const faultsOf = (from: Dice, shape: Shape): readonly Fault[] => {
  const faults: Fault[] = [];
  const count = from.chance(0.35) ? 1 : from.int(2, 5);
  for (let i = 0; i < count; i++) {
    faults.push(...faultOf(from, shape, from.chance(0.4) ? nextTo(from, faults.at(-1)) : null));
  }
  return faults.sort((a, b) => a.at - b.at).filter((fault, index) => mayHappen(fault, faults.slice(0, index)));
};

/** Trouble seldom comes alone: around the beginning of other trouble, or when that seems to be over. */
const nextTo = (from: Dice, fault: Fault | undefined): number | null => {
  if (fault === undefined) return null;
  return from.chance(0.5) ? fault.at + from.int(-4_000, 6_000) : fault.until + from.int(0, 5_000);
};

/** @param near when it begins; null for any time */
const faultOf = (from: Dice, shape: Shape, near: number | null): Fault[] => {
  const at = near ?? from.int(firstFaultMs, lastFaultMs);
  const kind = from.pick(kinds);
  const long = kind === "cut-regions" && from.chance(0.5);
  const when = { at, until: at + (long ? from.int(30_000, 45_000) : lastingOf(from)) };
  const machines = machinesOf(shape);
  const any = machines[from.int(0, machines.length - 1)] ?? "east";
  const region = shape.regions[from.int(0, shape.regions.length - 1)] ?? "east";
  const other = machines.filter((machine) => machine !== region)[from.int(0, machines.length - 2)] ?? "west";
  const sites = sitesOf(shape.partner);
  const site = sites[from.int(0, sites.length - 1)] ?? sites[0];
  switch (kind) {
    case "crash":
    case "freeze":
    case "disk-lost":
    case "isolated":
      return [{ ...when, kind, machine: any }];
    case "restart":
      return [{ at, until: Math.max(when.until, at + stopsWithinMs), kind, machine: region }];
    case "suspend":
      return [{ ...when, kind, machine: region }];
    case "cut":
    case "cut-one-way":
      return [{ ...when, kind, from: region, to: other }];
    case "cut-regions": {
      const peers = shape.regions.filter((peer) => peer !== region);
      return [{ ...when, kind: "cut", from: region, to: peers[from.int(0, peers.length - 1)] ?? region }];
    }
    case "step":
      return [{ at, until: at, kind, machine: region, byMs: stepOf(from, shape) }];
    case "disk-full":
    case "hub-fails":
      return [{ ...when, kind, machine: region }];
    case "site-lost":
    case "site-hangs":
    case "site-mute":
      return [{ ...when, kind, site }];
    case "site-slow":
      return [{ ...when, kind, site, delayMs: from.int(500, 7_000) }];
    case "site-answers":
      return [{ ...when, kind, site, status: from.pick([429, 500, 503]), retryAfterS: from.int(1, 3) }];
    case "link-cut":
      return [{ ...when, kind, machine: region, site }];
    case "link-cut-all":
      return shape.regions.map((machine): Fault => ({ ...when, kind: "link-cut", machine, site }));
  }
};

/** Some faults are over before anything notices, some last until all has moved and flows again. */
const lastingOf = (from: Dice): number => {
  if (from.chance(0.08)) return from.int(30_000, 45_000);
  return from.chance(0.3) ? from.int(100, 3_000) : from.int(3_000, 20_000);
};

/** Where a partner may lose its last events, redelivery compares wall clocks of two regions: those are kept near. */
const stepOf = (from: Dice, shape: Shape): number =>
  shape.partner.mode === "one-site" ? from.int(-60_000, 60_000) : from.int(-100, 100);

/** Whether the protocol says anything of this fault on top of the earlier ones. */
const mayHappen = (fault: Fault, earlier: readonly Fault[]): boolean => {
  if (fault.kind !== "suspend" && fault.kind !== "step") return true;
  // A machine that sleeps while its wall clock is set back has no clock left that tells how long it slept.
  const other = fault.kind === "suspend" ? "step" : "suspend";
  return !earlier.some((before) => before.kind === other && "machine" in before && before.machine === fault.machine);
};
