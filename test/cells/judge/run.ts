// What one run leaves behind: what giver and taker wrote down, and when the drill did what. Nothing of the gateway's own.
import type { TopologyMode, VariantName } from "../../../src/matrix/cells.ts";
import type { Line } from "../ledger.ts";

/** Whom a fault hits: one region, what lies between the regions, one site, all sites, one region's link, all links. */
export type Subject = "region" | "peers" | "site" | "sites" | "link" | "links";

/** A fault from its begin to its end. Milliseconds since the run began. */
export interface FaultSpan {
  readonly on: Subject;
  readonly from: number;
  readonly to: number;
}

export interface Run {
  /** `cloud`: against stacks in a cloud, or its emulation. */
  readonly level: "live" | "cloud";
  /** What connects us with the partner, for example `http`. */
  readonly driver: string;
  readonly variant: VariantName;
  /** Ours. */
  readonly mode: TopologyMode;
  readonly lines: readonly Line[];
  readonly faults: readonly FaultSpan[];
}

/** The region that is hit. */
export const victimRegion = "east";

/** A message of one cell as its giver saw it. */
export interface Message {
  readonly n: number;
  readonly key: number;
  readonly givenAt: number;
  /** null: never acknowledged. */
  readonly acknowledgedAt: number | null;
  /** Lines of the ledger that say so: what is given after another's acknowledgement has waited for it. */
  readonly givenLine: number;
  readonly acknowledgedLine: number | null;
  readonly acknowledgedBy: string | null;
  /** Regions that it was tried at beyond the first. */
  readonly tries: number;
  /** It died with the partner's own site. */
  readonly void: boolean;
}

/** A message or event that reached a taker. */
export interface Delivery {
  readonly at: number;
  readonly n: number;
  readonly key: number;
  /** Of the partner, or `hub`. */
  readonly site: string;
  /** The region that it came from. */
  readonly region: string;
}

/** One taker's side: its deliveries in their order, and the effects that stand at the end. */
export interface Taking {
  readonly deliveries: readonly Delivery[];
  readonly standing: readonly Delivery[];
}

export function messagesOf(lines: readonly Line[]): ReadonlyMap<number, Message> {
  const messages = new Map<number, Message>();
  for (const [line, { at, what, n, key, place }] of lines.entries()) {
    const known = messages.get(n);
    if (what === "given") {
      const open = { acknowledgedAt: null, acknowledgedLine: null, acknowledgedBy: null };
      messages.set(n, known ?? { n, key, givenAt: at, givenLine: line, ...open, tries: 0, void: false });
    } else if (known === undefined) continue;
    else if (what === "tried") messages.set(n, { ...known, tries: known.tries + 1 });
    else if (what === "void") messages.set(n, { ...known, void: true });
    else if (what === "acknowledged" && known.acknowledgedAt === null)
      messages.set(n, { ...known, acknowledgedAt: at, acknowledgedLine: line, acknowledgedBy: place });
  }
  return messages;
}

/** Sites that read for themselves are a taker each; else there is one. */
export function takingsOf(cell: string, lines: readonly Line[]): readonly Taking[] {
  if (cell !== "feed-aa") return [takingOf(lines)];
  return ["a", "b"].map((site) => takingOf(lines.filter(({ place }) => place.split(".")[0] === site)));
}

function takingOf(lines: readonly Line[]): Taking {
  const deliveries: Delivery[] = [];
  const effects = new Map<number, Delivery[]>();
  for (const { at, what, n, key, place } of lines) {
    const [site = "", region = ""] = place.split(".");
    const delivery = { at, n, key, site, region };
    if (what === "effect" || what === "again") deliveries.push(delivery);
    const standing = effects.get(n) ?? [];
    if (what === "effect") effects.set(n, [...standing, delivery]);
    else if (what === "lost")
      effects.set(
        n,
        standing.filter((each) => each.site !== site),
      );
    else if (what === "merged") effects.set(n, standing.slice(0, 1));
  }
  return { deliveries, standing: [...effects.values()].flat().sort((one, other) => one.at - other.at) };
}
