// What a drill needs of a platform: where our two regions stand, how they are broken, and how they are asked and called.
import type { TopologyMode } from "../../src/matrix/cells.ts";
import type { Evidence } from "./evidence.ts";
import type { Isolation } from "./isolation.ts";
import type { Rule } from "./network/path.ts";
import type { RegionName } from "./network/regions.ts";
import type { Connect } from "./partner/connection.ts";
import type { SiteName } from "./partner/replicas.ts";
import type { DriverName, TheirName } from "./roles.ts";

/** The gateway in one of our modes, as it was deployed: what a drill does to a region, and what it asks of it. */
export interface Gateway {
  /** What the region is called where it stands. */
  nameOf(region: RegionName): string;
  /** Its processes end without a word. */
  kill(region: RegionName): Promise<void>;
  freeze(region: RegionName): Promise<void>;
  wake(region: RegionName): Promise<void>;
  /** Everything that a killed region had stored. */
  loseDisk(region: RegionName): Promise<void>;
  /** Brings a killed region back on what it had stored, as whoever runs it does. */
  restart(region: RegionName): Promise<void>;
  /** Brings a killed region back by the engine, as a user does it. */
  redeploy(region: RegionName): Promise<void>;
  /** Reads from its admin interface; null: it does not answer, or not with 2xx. */
  ask(region: RegionName, path: string): Promise<unknown>;
  /** Copies what its processes said to where it outlives them. */
  keepLogs(folder: string): void;
}

/** Every path to and from our regions: each can be broken apart from the others. */
export interface Network {
  /** The link between a region and the partner, both ways. */
  link(region: RegionName, rule: Rule): void;
  /** Between the regions, both ways. */
  peers(rule: Rule): void;
  /** Everything to and from a region. */
  isolate(region: RegionName): Promise<void>;
  heal(): Promise<void>;
}

/** An event of ours, CloudEvents 1.0 in JSON. */
export type OurEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** The hubs of our regions, as systems of ours use them. */
export interface Hub {
  /** @returns whether the region's hub took it */
  publish(region: RegionName, event: OurEvent, signal: AbortSignal): Promise<boolean>;
  /** Hands over what is published in a region, from now on until the signal. */
  read(region: RegionName, take: (type: string, data: unknown) => void, signal: AbortSignal): Promise<void>;
  /**
   * Resolves when a region's hub holds nothing that is still to be taken. Absent where it has nothing of its own: what was
   * published is with the gateway then, and with its readers.
   */
  rest?(region: RegionName, signal: AbortSignal): Promise<void>;
}

/** One of our modes on a platform. */
export interface Ground {
  readonly gateway: Gateway;
  readonly network: Network;
  readonly hub: Hub;
  /** Where a partner reaches a path of a region. */
  entrance(region: RegionName, path: string): string;
  /** Which of our regions calls from an address. */
  regionOf(address: string): RegionName | "nowhere";
}

/** Where the sites of the partners listen on this machine. */
export type SitePorts = Readonly<Record<TheirName, Readonly<Record<SiteName, number>>>>;

/** What proves who calls whom. */
export interface Secrets {
  readonly signing: string;
  readonly sites: Readonly<Record<SiteName, string>>;
  readonly readers: Readonly<Record<SiteName | "both", string>>;
}

/** What the machine bears, in milliseconds and messages of each cell. */
export interface Pace {
  readonly ratePerSecond: number;
  /** Right before a fault, so that something is open when it comes. */
  readonly burst: number;
  /** What may wait for its taker in one region at any moment, with nothing wrong, while there is load. Entries. */
  readonly underWay: number;
  /** Load before the first run, which nobody writes down: what has just been started is slow. */
  readonly warmMs: number;
  /** Between two looks at whether everything is as it was. */
  readonly lookMs: number;
  /** How often a run is done where the machine itself stood still. */
  readonly attempts: number;
  /** How long everything may take to be as it was. */
  readonly patienceMs: number;
}

export interface Platform {
  readonly level: Evidence["level"];
  /** What connects us with the partners. */
  readonly driver: DriverName;
  /** How partners reach us, and we them. Absent: over HTTP. */
  readonly connect?: Connect | undefined;
  readonly isolation: Isolation;
  readonly pace: Pace;
  /** Whether both of our modes stand beside each other; else one stands after the other. */
  readonly bearsBothModes: boolean;
  readonly secrets: Secrets;
  /** Opens what stands before a mode is deployed: the network around it. */
  prepare(mode: TopologyMode, sites: SitePorts): Promise<Ground>;
  /** `pulumi up` of every mode that was prepared, until all that was deployed runs as it does where traffic flows. */
  deploy(tell: (line: string) => void): Promise<void>;
  /** `pulumi destroy`, and the end of what was opened; not to be interrupted. */
  destroy(tell: (line: string) => void): Promise<void>;
}
