import type { Role } from "../define/model.ts";
import type { Weather } from "./network.ts";
import type { ClockFault } from "./process.ts";

/** How a partner's sites are read. */
export interface PollShape {
  /**
   * `exact`: a token that is good at every site. `numbers`: the place in the site's own log, which a successor gives
   * anew. `time`: when the item was made, by the site's clock.
   */
  readonly cursor: "exact" | "numbers" | "time";
  readonly acrossSites: "exact" | "rewind" | "refuse";
  readonly everyMs: number;
  readonly pageSize: number;
  readonly lookbackMs: number;
  /** Items are seen up to this much later than the time that they bear, in milliseconds. */
  readonly lateMs: number;
  /** By how much the clocks of all sites are wrong, in milliseconds. */
  readonly behindMs: number;
  /** What is within a cursor that is presented is gone: a queue, whose `exact` cursor acknowledges. */
  readonly deletes: boolean;
  /** Share of what a site lost that its clients hand in again. */
  readonly reissued: number;
}

/** One reader of a feed. */
export interface Reader {
  readonly name: string;
  /** Where it reads, as long as that is up. */
  readonly site: string;
  /** At this time it goes back to the cursor that it had so long before. Milliseconds. */
  readonly goesBack: { readonly at: number; readonly byMs: number } | null;
}

/** How a partner reads a feed of ours. */
export interface FeedShape {
  readonly readers: readonly [Reader, ...Reader[]];
  readonly limit: number;
  readonly waitMs: number;
  readonly firstAfterMs: number;
  /** Which region they try first. */
  readonly firstRegion: number;
}

/** One connector of a simulated environment. */
export interface ConnectorShape {
  readonly name: string;
  readonly role: Role;
  readonly durability: "regional" | "replicated";
  readonly whenAlone: "refuse" | "accept";
  readonly ordering: "none" | "key" | "latest";
  readonly onUnknown: "resend" | "hold" | "lookup";
  readonly onFault: "continue" | "block-key";
  /** Reads from the hub of its region by a cursor; otherwise each message is given by a call. */
  readonly subscribes: boolean;
  /** Of role `poll`, and of a receiver that also reads what was never sent. */
  readonly poll: PollShape | null;
  /** What makes a receiver read. */
  readonly reconcile: "gap" | "every" | null;
  /** Of role `feed`. */
  readonly feed: FeedShape | null;
}

export interface PartnerShape {
  readonly mode: "one-site" | "primary-secondary" | "active-active";
  /** From an effect at one site until the other site has it, in milliseconds; below `recoveryPointMs`. */
  readonly lagMs: number;
  readonly recoveryPointMs: number;
  /** null: never by itself. */
  readonly failoverAfterMs: number | null;
  readonly failbackAfterMs: number | null;
}

export interface Shape {
  /** `disk`: each region's own. `dynamo`: tables that outlive the processes, and replicate by themselves. */
  readonly store: "disk" | "dynamo";
  /** `unordered`: it hands on each event when it likes, and publishers number those of a key. */
  readonly hub: "ordered" | "unordered";
  readonly regions: readonly string[];
  readonly mode: "active-active" | "primary-secondary";
  readonly clocks: Readonly<Record<string, ClockFault>>;
  readonly weather: Weather;
  /** Between our regions and the partner's sites; what lies between our regions is `weather`. */
  readonly link: Weather;
  /** One synced write, in milliseconds. */
  readonly commitMs: readonly [number, number];
  /** Reads of the journal are answered later, not at once. */
  readonly slowReads: boolean;
  readonly partner: PartnerShape;
  readonly connectors: readonly ConnectorShape[];
  /** The giver gives the next message of a key only after the last was acknowledged. */
  readonly giverWaits: boolean;
  /** Regions forget what is settled, soon. */
  readonly forgets: boolean;
}

interface Lasting {
  /** True time in milliseconds. */
  readonly at: number;
  readonly until: number;
}

/** Something that goes wrong, with its time. `machine` is a region or `witness`. */
export type Fault = Lasting & (MachineFault | WayFault | SiteFault);

type Of<Kind extends string, Where> = Kind extends string ? { readonly kind: Kind } & Where : never;

type MachineFault =
  | Of<
      "crash" | "restart" | "freeze" | "suspend" | "disk-lost" | "isolated" | "disk-full" | "hub-fails",
      { readonly machine: string }
    >
  | Of<"step", { readonly machine: string; readonly byMs: number }>
  | LinkFault;

/** Between one of our regions and one site. `link-one-way`: what the region sends does not arrive. */
type LinkFault =
  | Of<"link-cut" | "link-one-way" | "link-narrow", { readonly machine: string; readonly site: string }>
  /** The trust is gone: both sides answer each other with this status; null: connections are refused. */
  | Of<"link-refused", { readonly machine: string; readonly site: string; readonly status: 401 | 403 | null }>;

/** `replication-stopped`: what is written to the tables of one region does not come to those of the other. */
type WayFault = Of<"cut" | "cut-one-way" | "replication-stopped", { readonly from: string; readonly to: string }>;

type SiteFault =
  | Of<"site-lost" | "site-hangs" | "site-mute", { readonly site: string }>
  | Of<"site-slow", { readonly site: string; readonly delayMs: number }>
  | Of<"site-answers", { readonly site: string; readonly status: 429 | 500 | 503; readonly retryAfterS: number }>;

/** One message (receive) or event (send) that a giver gives. */
export interface Gift {
  readonly at: number;
  readonly connector: string;
  readonly id: number;
  readonly key: string | null;
  readonly region: string;
  /** Given a second time, to this region, so long after the first; `otherContent`: with another content. */
  readonly again: { readonly region: string; readonly afterMs: number; readonly otherContent: boolean } | null;
  /** What the translation makes of it, and what the taker answers to the event. */
  readonly fate: "taken" | "ignored" | "untranslatable" | "refused";
  /** The site of the partner that calls us with it; null: it comes from within. */
  readonly site: string | null;
  /** Its number among those of its key, where the partner or the publisher numbers them. */
  readonly number: number | null;
  /** False: nobody ever calls with it, so that it is only there to be read, or its number is missing. */
  readonly pushed: boolean;
  /** Longer than what a narrow link carries. */
  readonly large: boolean;
}

/** Plain data: all that distinguishes one run from another. */
export interface Schedule {
  readonly seed: number;
  readonly shape: Shape;
  readonly faults: readonly Fault[];
  readonly gifts: readonly Gift[];
  /** From here on everything is healed, in milliseconds of true time. */
  readonly healedAt: number;
}

export const machinesOf = (shape: Shape): readonly string[] =>
  shape.regions.length % 2 === 0 ? [...shape.regions, "witness"] : shape.regions;

export const sitesOf = (partner: PartnerShape): readonly [string, ...string[]] =>
  partner.mode === "one-site" ? ["main"] : ["zurich", "geneva"];
