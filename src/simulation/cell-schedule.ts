import { homeOf } from "../core/sites.ts";
import type { Cell, VariantName } from "../matrix/cells.ts";
import { variantFaults } from "./cell-faults.ts";
import { cellShape } from "./cell-shape.ts";
import { giftOf, numbered, unpushed } from "./gifts.ts";
import { type Dice, dice } from "./random.ts";
import type { Fault, Gift, Schedule, Shape } from "./schedule-model.ts";
import { partnerSpec } from "./specs.ts";

/**
 * A random schedule in which a variant of a cell happens, and nothing else does but weather, clocks and load.
 *
 * @param draw another one of the same seed
 */
export const cellSchedule = (cell: Cell, variant: VariantName, seed: number, draw = 0): Schedule => {
  const root = dice(seed).fork(`${cell.id} ${variant} ${draw}`);
  const shape = cellShape(root.fork("shape"), cell, variant);
  const faults = variantFaults(root.fork("faults"), cell, variant, shape);
  const healedAt = Math.max(14_000, ...faults.map(({ until }) => until)) + 500;
  const given = unpushed(root.fork("unpushed"), giftsOf(root.fork("gifts"), shape, faults, healedAt), shape);
  const gifts = numbered(narrowed(root.fork("large"), given, variant), shape);
  return { seed, shape, faults, gifts, healedAt };
};

/** Before, while and after the fault: what is under way when it begins, and what tests whether it is there at all. */
const giftsOf = (from: Dice, shape: Shape, faults: readonly Fault[], healedAt: number): readonly Gift[] => {
  const times = Array.from({ length: from.int(6, 14) }, () => 500 + from.next() * (healedAt + 4_000));
  for (const { at, until } of faults) {
    for (let count = from.int(0, 3); count > 0; count--) times.push(at - from.int(5, 1_500));
    for (let count = from.int(2, 6); count > 0; count--) times.push(at + from.next() * (until - at));
    if (from.chance(0.5)) times.push(until + from.int(0, 2_000));
  }
  return shape.connectors.flatMap(({ name }) => [
    ...times.map((at) => giftOf(from, shape, name, at, regionOf(from, shape, faults))),
    ...faults.flatMap((fault) => probesOf(from, shape, name, fault)),
  ]);
};

/** What makes sure that the fault is met: plain events with keys of their own, at the region that acts. */
const probesOf = (from: Dice, shape: Shape, connector: string, fault: Fault): readonly Gift[] => {
  const site = "site" in fault ? fault.site : null;
  const machine = "machine" in fault && shape.mode === "active-active" ? fault.machine : shape.regions[0];
  const keys = keysAt(site, shape);
  const probe = (at: number, index: number): Gift => ({
    ...giftOf(from, shape, connector, at, machine ?? "east"),
    key: keys[index % keys.length] ?? null,
    again: null,
    fate: "taken",
  });
  const { at, until } = fault;
  const before = [from.int(1_600, 2_200), from.int(1_000, 1_600), from.int(700, 1_000)].map((early) => at - early);
  const during = [0.1, 0.4, 0.7, 0.9].map((share) => at + share * (until - at));
  return [...before, ...during].map(probe);
};

/** Keys whose events go to this site, where each site has its own. */
const keysAt = (site: string | null, { partner }: Shape): readonly string[] => {
  const keys = ["d", "e", "f", "g", "h", "i", "j", "k"];
  if (site === null || partner.mode !== "active-active") return keys;
  return keys.filter((key) => homeOf(partnerSpec(partner), key) === site);
};

/** Mostly where it hurts: at the region that the fault is about. */
const regionOf = (
  from: Dice,
  { mode, regions: [first = "east", second = "west"] }: Shape,
  faults: readonly Fault[],
) => {
  const hurt = faults.flatMap((fault) => ("machine" in fault ? [fault.machine] : []))[0];
  if (hurt !== undefined && from.chance(0.6)) return hurt;
  return from.chance(mode === "primary-secondary" ? 0.8 : 0.5) ? first : second;
};

/** Only where large messages are what is lost does their size matter. */
const narrowed = (from: Dice, gifts: readonly Gift[], variant: VariantName): readonly Gift[] =>
  variant === "large-packets-lost" ? gifts.map((gift) => ({ ...gift, large: from.chance(0.5) })) : gifts;
