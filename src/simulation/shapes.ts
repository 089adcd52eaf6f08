import type { Role } from "../define/model.ts";
import { calm, rough } from "./network.ts";
import type { ClockFault } from "./process.ts";
import type { Dice } from "./random.ts";
import {
  type ConnectorShape,
  type FeedShape,
  type PartnerShape,
  type PollShape,
  type Reader,
  type Shape,
  sitesOf,
} from "./schedule-model.ts";
import { wallSkewMs } from "./timings.ts";

const names = ["east", "west", "north", "south"];

export const shapeOf = (from: Dice, count: number, undisturbed: boolean): Shape => {
  const regions = names.slice(0, count);
  const partner = partnerOf(from);
  const drifts = !undisturbed && from.chance(0.4);
  const clocks = clocksOf(from, regions, drifts, drifts && partner.mode === "one-site");
  const mode = from.chance(0.5) ? "primary-secondary" : "active-active";
  const weather = undisturbed || from.chance(0.5) ? calm : rough;
  return {
    store: "disk",
    hub: "ordered",
    regions,
    mode,
    clocks,
    weather,
    link: weather,
    commitMs: [1, from.chance(0.2) ? 80 : 8],
    slowReads: from.chance(0.3),
    partner,
    connectors: connectorsOf(from, partner),
    giverWaits: from.chance(0.7),
    forgets: false,
  };
};

export const clocksOf = (
  from: Dice,
  regions: readonly string[],
  drifts: boolean,
  wallDrifts: boolean,
): Readonly<Record<string, ClockFault>> => {
  const clocks: Record<string, ClockFault> = {};
  for (const machine of [...regions, "witness"]) {
    clocks[machine] = {
      rate: drifts ? 1 + (from.next() - 0.5) * 0.1 : 1,
      wallDrifts,
      wallOffsetMs: (from.next() - 0.5) * wallSkewMs,
    };
  }
  return clocks;
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
  return roles.map((role) => connectorOf(from, role, partner));
};

export const connectorOf = (from: Dice, role: Role, partner: PartnerShape): ConnectorShape => {
  const ordering = from.pick<ConnectorShape["ordering"]>(["none", "none", "key", "key", "key", "latest"]);
  return {
    name: role === "poll" ? from.pick(pollNames) : connectorNames[role],
    role,
    durability: from.chance(0.4) ? "replicated" : "regional",
    whenAlone: from.chance(0.15) ? "accept" : "refuse",
    ordering,
    // A taker that forgets its last events can only be helped by sending again.
    onUnknown: role !== "send" || partner.mode !== "one-site" ? "resend" : from.pick(["resend", "hold", "lookup"]),
    onFault: ordering === "key" && from.chance(0.5) ? "block-key" : "continue",
    subscribes: (role === "send" || role === "feed") && from.chance(0.3),
    poll: role === "poll" ? pollOf(from, partner) : null,
    reconcile: null,
    feed: role === "feed" ? feedOf(from, partner) : null,
  };
};

/** A primary and its secondary read as one; sites of an active-active partner each by itself. */
const feedOf = (from: Dice, partner: PartnerShape): FeedShape => {
  const [first, second] = sitesOf(partner);
  const reader = (site: string): Reader => ({ name: `reader-${site}`, site, goesBack: null });
  const readers: FeedShape["readers"] =
    partner.mode === "active-active" && second !== undefined ? [reader(first), reader(second)] : [reader(first)];
  return {
    readers,
    limit: from.pick([1, 5, 50]),
    waitMs: from.int(300, 3_000),
    firstAfterMs: from.int(100, 4_000),
    firstRegion: from.int(0, 1),
  };
};

export const pollOf = (from: Dice, { mode }: PartnerShape): PollShape => {
  const cursor = from.pick<PollShape["cursor"]>(["exact", "numbers", "numbers", "time"]);
  return {
    cursor,
    // Only a token that every site knows is good everywhere as it is.
    acrossSites: cursor === "exact" ? "exact" : mode !== "one-site" && from.chance(0.1) ? "refuse" : "rewind",
    everyMs: from.int(700, 2_500),
    pageSize: pageSizeOf(from.pick([1, 3, 10, 50]), cursor, mode),
    lookbackMs: from.chance(0.5) ? 0 : 3_000,
    lateMs: cursor === "time" && from.chance(0.5) ? from.int(50, 800) : 0,
    behindMs: from.chance(0.3) ? from.int(-3_600_000, 60_000) : 0,
    deletes: false,
    reissued: from.pick([0.4, 0.8, 1]),
  };
};

/**
 * How far back a cursor of one site must be taken at another one that has all in an order of its own depends on how old
 * the last page was. Only of a page that brings all that is known.
 */
const pageSizeOf = (size: number, cursor: PollShape["cursor"], mode: PartnerShape["mode"]): number =>
  cursor === "numbers" && mode === "active-active" ? 100 : size;

/**
 * Sites that number what they have in the order in which it came to them differ by up to twice their lag: a partner that
 * is read by such numbers states its recovery point accordingly.
 */
export const suitedTo = (partner: PartnerShape, connectors: readonly ConnectorShape[]): PartnerShape =>
  partner.mode === "active-active" && connectors.some(({ poll }) => poll?.cursor === "numbers")
    ? { ...partner, recoveryPointMs: 2 * partner.lagMs + 500 }
    : partner;

const connectorNames = { receive: "pushes", send: "invoices", feed: "prices" } as const;

/** Between two active regions the name decides which of them polls. */
const pollNames = ["orders", "readings", "payments", "parcels"] as const;
