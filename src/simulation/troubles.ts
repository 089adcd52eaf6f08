import type { Dice } from "./random.ts";
import { type Fault, type Shape, sitesOf } from "./schedule-model.ts";

const hourMs = 3_600_000;

/** What seldom happens by chance: all lose the witness, a majority is lost, a wall clock is an hour off, no trust. */
export const rareTroubles = (from: Dice, shape: Shape): readonly Fault[] => {
  if (!from.chance(0.15)) return [];
  const at = from.int(9_000, 30_000);
  const until = at + from.int(2_000, 25_000);
  const region = shape.regions[from.int(0, shape.regions.length - 1)] ?? "east";
  const hasWitness = shape.regions.length % 2 === 0;
  const site = from.pick(sitesOf(shape.partner));
  switch (from.pick(["witness", "majority", "hour", "one-way", "refused"] as const)) {
    case "witness":
      return hasWitness ? shape.regions.map((each) => ({ at, until, kind: "cut", from: each, to: "witness" })) : [];
    case "majority":
      return hasWitness
        ? [
            { at, until, kind: "crash", machine: "witness" },
            { at: at + from.int(-2_000, 1_500), until: until + from.int(0, 4_000), kind: "crash", machine: region },
          ]
        : [];
    case "one-way":
      return [{ at, until, kind: "link-one-way", machine: region, site }];
    case "refused":
      return [{ at, until, kind: "link-refused", machine: region, site, status: from.pick([401, 403, null] as const) }];
    case "hour":
      return mayJump(shape)
        ? [{ at, until: at, kind: "step", machine: region, byMs: from.pick([-hourMs, hourMs]) }]
        : [];
  }
};

/** Where a partner may lose its last events, and where it is read, wall clocks of two regions are compared. */
const mayJump = ({ partner, connectors, forgets }: Shape): boolean =>
  (partner.mode === "one-site" || connectors.every(({ role }) => role === "feed")) && !forgets;
