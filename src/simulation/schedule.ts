import { giftsOf } from "./gifts.ts";
import { withPulls } from "./pulls.ts";
import { type Dice, dice } from "./random.ts";
import { type Fault, machinesOf, type Schedule, type Shape, sitesOf } from "./schedule-model.ts";
import { shapeOf } from "./shapes.ts";
import { stopsWithinMs } from "./timings.ts";
import { rareTroubles } from "./troubles.ts";

/** Worlds in which somebody is read. */
const pullShare = 0.4;

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
  const pushing = shapeOf(shapes, regions ?? (shapes.chance(0.2) ? 3 : 2), undisturbed);
  const shape = steer(withPulls(root.fork("pulling"), pushing, pullShare));
  const usual = undisturbed ? [] : faultsOf(root.fork("faults"), shape);
  const rare = undisturbed ? [] : rareTroubles(root.fork("rare"), shape);
  const faults = [...usual, ...rare]
    .filter(({ kind }) => kind !== "step" || shape.store === "disk")
    .sort((a, b) => a.at - b.at)
    .filter(mayHappen);
  const healedAt = Math.max(18_000, ...faults.map((fault) => fault.until)) + 500;
  return { seed, shape, faults, gifts: giftsOf(root.fork("gifts"), shape, faults, healedAt), healedAt };
};

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

/**
 * A table does not lose its items; that they do not come to the other regions for a time is a fault of its own. Functions
 * of one region have their wall clocks from one time service.
 */
const tableKinds = [
  ...kinds.filter((kind) => kind !== "disk-lost" && kind !== "step"),
  "replication-stopped",
  "replication-stopped",
  "replication-stopped",
] as const;

const kindOf = (from: Dice, { store }: Shape): (typeof kinds)[number] | "replication-stopped" =>
  store === "disk" ? from.pick(kinds) : (tableKinds[from.int(0, tableKinds.length - 1)] ?? "replication-stopped");

const faultsOf = (from: Dice, shape: Shape): readonly Fault[] => {
  const faults: Fault[] = [];
  const count = from.chance(0.35) ? 1 : from.int(2, 5);
  for (let i = 0; i < count; i++) {
    faults.push(...faultOf(from, shape, from.chance(0.4) ? nextTo(from, faults.at(-1)) : null));
  }
  return faults;
};

/** Trouble seldom comes alone: around the beginning of other trouble, or when that seems to be over. */
const nextTo = (from: Dice, fault: Fault | undefined): number | null => {
  if (fault === undefined) return null;
  return from.chance(0.5) ? fault.at + from.int(-4_000, 6_000) : fault.until + from.int(0, 5_000);
};

/** @param near when it begins; null for any time */
const faultOf = (from: Dice, shape: Shape, near: number | null): Fault[] => {
  const at = near ?? from.int(firstFaultMs, lastFaultMs);
  const kind = kindOf(from, shape);
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
    case "replication-stopped": {
      const peers = shape.regions.filter((peer) => peer !== region);
      const to = peers[from.int(0, peers.length - 1)] ?? region;
      return [{ at, until: at + from.int(2_000, from.chance(0.3) ? 150_000 : 20_000), kind, from: region, to }];
    }
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

/**
 * The world of a schedule with everything in tables: there an engine has one connector, and what a hub has comes by calls.
 */
export const overTables = (shape: Shape): Shape => ({
  ...shape,
  store: "dynamo",
  connectors: shape.connectors.slice(0, 1).map((connector) => ({ ...connector, subscribes: false })),
});

/** The world of a schedule with one sender, which takes what publishers have numbered from a hub that has no order. */
export const overNumbers = (shape: Shape): Shape => ({
  ...shape,
  hub: "unordered",
  giverWaits: false,
  connectors: shape.connectors.slice(0, 1).map((connector) => ({
    ...connector,
    name: "invoices",
    role: "send",
    ordering: "key",
    subscribes: false,
    poll: null,
    reconcile: null,
    feed: null,
  })),
});

export const worldOf =
  ({ store = "disk", hub = "ordered" }: Partial<Pick<Shape, "store" | "hub">>) =>
  (shape: Shape): Shape => {
    const numbered = hub === "unordered" ? overNumbers(shape) : shape;
    return store === "dynamo" ? overTables(numbered) : numbered;
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
const mayHappen = (fault: Fault, index: number, all: readonly Fault[]): boolean => {
  const earlier = all.slice(0, index);
  if (fault.kind !== "suspend" && fault.kind !== "step") return true;
  // A machine that sleeps while its wall clock is set back has no clock left that tells how long it slept.
  const other = fault.kind === "suspend" ? "step" : "suspend";
  return !earlier.some((before) => before.kind === other && "machine" in before && before.machine === fault.machine);
};
