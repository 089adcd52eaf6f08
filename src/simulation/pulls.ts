import type { Dice } from "./random.ts";
import type { ConnectorShape, FeedShape, PartnerShape, Shape } from "./schedule-model.ts";
import { connectorOf, pollOf, suitedTo } from "./shapes.ts";

/** In a share of all worlds partners are read, or read us. */
export const withPulls = (from: Dice, shape: Shape, share: number): Shape => {
  if (!from.chance(share)) return shape;
  const { partner } = shape;
  const kind = from.pick(["poll", "poll", "feed", "feed", "reconcile"] as const);
  const first =
    kind === "reconcile"
      ? reconciling(from, partner)
      : queueing(from.fork("queue"), partner, wandering(from, connectorOf(from, kind, partner)));
  const connectors = [first, ...(from.chance(0.2) ? shape.connectors.slice(0, 1) : [])];
  // Who gives by itself gives again for longer than the regions remember then; and a site that comes back brings items
  // whose times are older than that.
  const isOld = partner.mode !== "one-site" && first.poll?.cursor === "time";
  const forgets = kind !== "reconcile" && connectors.length === 1 && !isOld && from.chance(0.4);
  return { ...shape, connectors, partner: suitedTo(partner, connectors), forgets };
};

/** A partner that calls us, and can be asked for what it never sent. */
export const reconciling = (from: Dice, partner: PartnerShape): ConnectorShape => ({
  ...connectorOf(from, "receive", partner),
  name: "parcels",
  poll: pollOf(from, partner),
  reconcile: from.pick(["gap", "every"]),
});

/** What deletes on reading is only to be had with `replicated`. */
const queueing = (from: Dice, { mode }: PartnerShape, connector: ConnectorShape): ConnectorShape => {
  const { poll, durability, whenAlone } = connector;
  const isSafe = durability === "replicated" && whenAlone === "refuse" && mode === "one-site";
  if (poll === null || !isSafe || from.chance(0.4)) return connector;
  return { ...connector, poll: { ...poll, cursor: "exact", acrossSites: "exact", deletes: true } };
};

/** A reader of a feed goes back to where it once was. */
const wandering = (from: Dice, connector: ConnectorShape): ConnectorShape => {
  const { feed } = connector;
  if (feed === null || from.chance(0.6)) return connector;
  const goesBack = { at: from.int(12_000, 40_000), byMs: from.int(1_000, 15_000) };
  const [first, ...others] = feed.readers;
  const readers: FeedShape["readers"] = [{ ...first, goesBack }, ...others];
  return { ...connector, feed: { ...feed, readers } };
};
