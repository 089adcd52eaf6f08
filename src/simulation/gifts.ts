import type { Dice } from "./random.ts";
import { type Fault, type Gift, type Shape, sitesOf } from "./schedule-model.ts";

export const giftsOf = (from: Dice, shape: Shape, faults: readonly Fault[], healedAt: number): readonly Gift[] => {
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
  return numbered(unpushed(from.fork("unpushed"), sameMoment(from.fork("same moment"), gifts, shape), shape), shape);
};

/** Sometimes an identity is given to two regions in the same millisecond. */
const sameMoment = (from: Dice, gifts: readonly Gift[], { regions, forgets }: Shape): readonly Gift[] =>
  gifts.map((gift) => {
    if (forgets) return { ...gift, again: null };
    const other = regions.find((region) => region !== gift.region);
    if (gift.again !== null || other === undefined || !from.chance(0.02)) return gift;
    return { ...gift, again: { region: other, afterMs: 0, otherContent: false } };
  });

/** What a partner that is also read never calls with, and a publisher never publishes. A gap shows only between numbers. */
export const unpushed = (from: Dice, gifts: readonly Gift[], { connectors, hub }: Shape): readonly Gift[] =>
  gifts.map((gift) => {
    if (hub === "unordered") return from.chance(0.05) ? { ...gift, pushed: false, again: null } : gift;
    const reconciles = connectors.find(({ name }) => name === gift.connector)?.reconcile != null;
    return reconciles && from.chance(0.25) ? { ...gift, pushed: false, again: null } : gift;
  });

/** In order of time; with the site of the partner that each comes from, and its number there. */
export const numbered = (gifts: readonly Gift[], shape: Shape): readonly Gift[] => {
  const counts = new Map<string, number>();
  return [...gifts]
    .sort((a, b) => a.at - b.at)
    .map((gift, id) => {
      const connector = shape.connectors.find(({ name }) => name === gift.connector);
      const series = `${gift.connector} ${gift.key}`;
      const number = (counts.get(series) ?? 0) + 1;
      counts.set(series, number);
      const isNumbered = connector?.reconcile != null || shape.hub === "unordered";
      const pushed = gift.pushed && connector?.role !== "poll";
      return { ...gift, id, site: callerOf(gift, id, shape), number: isNumbered ? number : null, pushed };
    });
};

/** Those who call us are the partner's sites: the primary, or each of an active-active partner in turn. */
const callerOf = ({ connector }: Gift, id: number, { connectors, partner }: Shape): string | null => {
  const role = connectors.find(({ name }) => name === connector)?.role;
  if (role !== "receive" && role !== "poll") return null;
  const sites = sitesOf(partner);
  return (partner.mode === "active-active" ? sites[id % sites.length] : null) ?? sites[0];
};

export const giftOf = (from: Dice, shape: Shape, connector: string, at: number, region: string): Gift => ({
  at,
  connector,
  id: 0,
  key: from.chance(0.9) ? from.pick(["a", "b", "c"]) : null,
  region,
  again: from.chance(0.12) ? againOf(from, shape) : null,
  fate: from.chance(0.93) ? "taken" : from.pick(["ignored", "untranslatable", "refused"]),
  site: null,
  number: null,
  pushed: true,
  large: false,
});

export const giftRegion = (from: Dice, shape: Shape): string => {
  const first = shape.regions[0] ?? "east";
  if (shape.mode === "primary-secondary" && from.chance(0.8)) return first;
  return shape.regions[from.int(0, shape.regions.length - 1)] ?? first;
};

const againOf = (from: Dice, shape: Shape): Gift["again"] => ({
  region: giftRegion(from, { ...shape, mode: "active-active" }),
  afterMs: from.chance(0.3) ? from.int(0, 50) : from.int(500, 8_000),
  otherContent: from.chance(0.3),
});
