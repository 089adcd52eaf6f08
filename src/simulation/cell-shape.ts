import type { Cell, CellLocation, VariantName } from "../matrix/cells.ts";
import { calm, rough, type Weather } from "./network.ts";
import { reconciling } from "./pulls.ts";
import type { Dice } from "./random.ts";
import type { ConnectorShape, PartnerShape, Shape } from "./schedule-model.ts";
import { clocksOf, connectorOf, suitedTo } from "./shapes.ts";

/** The link to a location on a good day, and on a usual one. */
const links: Readonly<Record<CellLocation, { readonly good: Weather; readonly usual: Weather }>> = {
  "same-cloud": { good: { ...calm, latencyMs: [1, 10] }, usual: { ...calm, latencyMs: [1, 25] } },
  azure: { good: { ...calm, latencyMs: [15, 60] }, usual: { ...rough, latencyMs: [15, 120], late: 0.01 } },
  "google-cloud": { good: { ...calm, latencyMs: [10, 50] }, usual: { ...rough, latencyMs: [10, 110], late: 0.01 } },
  // Tunnels flap: more is lost at once, and less comes twice.
  "on-prem": {
    good: { ...calm, latencyMs: [8, 40] },
    usual: { ...rough, latencyMs: [8, 60], lost: 0.02, twice: 0.002 },
  },
};

/** A random world of a cell: everything may vary that the cell and the variant leave open. */
export const cellShape = (
  from: Dice,
  { role, location, theirTopology, ourTopology }: Cell,
  variant: VariantName,
): Shape => {
  const undisturbed = variant === "undisturbed";
  const regions = ["east", "west"];
  const partner = partnerOf(from, theirTopology, variant);
  const reads = from.fork("reads");
  const isAlsoRead = role === "receive" && reads.chance(0.3);
  const connector = isAlsoRead ? reconciling(reads, partner) : connectorOf(from, role, partner);
  const connectors = [suited(connector, variant)];
  const link = links[location];
  return {
    store: "disk",
    hub: "ordered",
    regions,
    mode: ourTopology,
    clocks: clocksOf(from, regions, !undisturbed && from.chance(0.4), false),
    weather: undisturbed || from.chance(0.6) ? calm : rough,
    link: undisturbed || from.chance(0.5) ? link.good : link.usual,
    commitMs: [1, from.chance(0.2) ? 80 : 8],
    slowReads: from.chance(0.3),
    partner: suitedTo(partner, connectors),
    connectors,
    giverWaits: from.chance(0.7),
    forgets: false,
  };
};

/** Their sites lose enough by their failover, and go over soon enough, for the variant to be seen. */
const partnerOf = (from: Dice, mode: Cell["theirTopology"], variant: VariantName): PartnerShape => {
  const lagMs = variant === "forgetful-site" ? from.int(2_500, 4_000) : from.int(300, 4_000);
  const byHand = variant !== "forgetful-site" && from.chance(0.1);
  return {
    mode,
    lagMs,
    recoveryPointMs: lagMs + 500,
    failoverAfterMs: byHand ? null : from.int(2_000, 4_000),
    failbackAfterMs: from.chance(0.5) ? null : from.int(3_000, 8_000),
  };
};

/** A region that refuses while it is alone would have nothing to meet a lost site with. */
const suited = (connector: ConnectorShape, variant: VariantName): ConnectorShape =>
  variant.startsWith("region-") ? { ...connector, whenAlone: "accept" } : connector;
