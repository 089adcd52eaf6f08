// Where things stand on the local platform: ports, folders and the configuration of a gateway process. Pure.
import { join } from "node:path";
import { allRegions } from "../../../src/define/environment.ts";
import { MODES, type Mode, needsWitness } from "../mode.ts";

/** The name that the witness has where regions have theirs. */
export const WITNESS = "witness";
const HOST = "127.0.0.1";
/** Ports of one topology mode: a witness and nine regions, ten apart. */
const PORTS_PER_MODE = 100;
const PORTS_PER_REGION = 10;
export const MOST_REGIONS = PORTS_PER_MODE / PORTS_PER_REGION - 1;
/** The highest first port of an environment: each mode takes a hundred. */
export const LAST_BASE_PORT = 65_535 - PORTS_PER_MODE * MODES.length;

/** What the processes of one environment and mode share. */
export interface Site {
  readonly environment: string;
  readonly mode: Mode;
  /** Ordered; in primary-secondary the first is the primary. */
  readonly regions: readonly string[];
  /** The regions before, while one is added or removed; else empty. */
  readonly changingFrom: readonly string[];
  /** Counts the steps of such changes: odd where the regions are settled, even while they change. */
  readonly generation: number;
  /** The folder that holds all state. */
  readonly home: string;
  /** The first port of the environment. */
  readonly basePort: number;
}

export interface Ports {
  /** null: a witness has no public interface. */
  readonly public: number | null;
  readonly admin: number;
}

/** The ports of a region or of the witness. @throws RangeError for a region that the environment does not have. */
export function ports(site: Site, name: string): Ports {
  const base = site.basePort + (site.mode === "primary-secondary" ? PORTS_PER_MODE : 0);
  if (name === WITNESS) return { public: null, admin: base };
  const regions = allRegions(site);
  const index = regions.indexOf(name);
  if (index < 0) throw new RangeError(`region: '${name}' is not one of ${regions.join(", ")}`);
  const first = base + PORTS_PER_REGION * (index + 1);
  return { public: first, admin: first + 1 };
}

/** The folder of all processes of one environment and mode. */
export const siteFolder = (site: Site): string => join(site.home, `${site.environment}.${site.mode}`);
export const stateFolder = (site: Site, name: string): string => join(siteFolder(site), name);
export const endpointsFile = (site: Site): string => join(siteFolder(site), "endpoints.json");

/** The sets of voters of which each decides by majority: one, and while the regions change that of before and the new. */
export const voterSets = ({ regions, changingFrom }: Pick<Site, "regions" | "changingFrom">): string[][] =>
  (changingFrom.length === 0 ? [regions] : [changingFrom, regions]).map((set) => [
    ...set,
    ...(needsWitness(set) ? [WITNESS] : []),
  ]);

const votersOf = (site: Site): readonly string[] => [...new Set(voterSets(site).flat())];

export interface Endpoint {
  readonly publicUrl?: string;
  readonly adminUrl: string;
  /** The file with the admin token, readable by the owner only. */
  readonly tokenFile: string;
}
export interface Endpoints {
  readonly regions: Readonly<Record<string, Endpoint>>;
  readonly witness?: Endpoint;
}

export function endpoint(site: Site, name: string): Endpoint {
  const { public: publicPort, admin } = ports(site, name);
  return {
    ...(publicPort !== null && { publicUrl: url(publicPort) }),
    adminUrl: url(admin),
    tokenFile: join(stateFolder(site, name), "admin-token"),
  };
}

/** What the command line and the drills read to find every region. */
export function endpoints(site: Site): Endpoints {
  return {
    regions: Object.fromEntries(allRegions(site).map((region) => [region, endpoint(site, region)])),
    ...(votersOf(site).includes(WITNESS) && { witness: endpoint(site, WITNESS) }),
  };
}

/** Milliseconds. */
export interface Lease {
  readonly ttlMs: number;
  readonly marginMs: number;
  readonly requestTimeoutMs: number;
}

export interface Tokens {
  /** Shared by the processes of one environment and mode. */
  readonly peer: string;
  /** Of this process alone. */
  readonly admin: string;
}

/** What a gateway process reads when it starts. */
export interface ProcessConfig {
  readonly kind: "region" | "witness";
  readonly environment: string;
  readonly mode: Mode;
  readonly region: string;
  /** While the set of regions changes, those of both sets. */
  readonly regions: readonly string[];
  readonly stateDir: string;
  readonly host: string;
  readonly publicPort?: number;
  readonly adminPort: number;
  /** Admin interfaces of the other regions. */
  readonly peers: Readonly<Record<string, string>>;
  /** Admin interfaces of all voters, this process included where it is one. */
  readonly voters: Readonly<Record<string, string>>;
  /** Names of voters: of each set a majority decides. */
  readonly voterSets: { readonly generation: number; readonly sets: readonly (readonly string[])[] };
  readonly peerToken: string;
  readonly adminToken: string;
  readonly lease?: Lease;
  /** Loopback addresses that partners may have. */
  readonly loopback: readonly string[];
  /** What its calls to partners, peers and voters go through. */
  readonly outboundProxy?: string;
}

export interface ProcessOptions {
  readonly loopback: readonly string[];
  readonly outboundProxy?: string | undefined;
  readonly lease?: Lease | undefined;
}

export function processConfig(site: Site, name: string, tokens: Tokens, options: ProcessOptions): ProcessConfig {
  const own = ports(site, name);
  const regions = allRegions(site);
  const adminUrls = (names: readonly string[]) =>
    Object.fromEntries(names.map((voter) => [voter, url(ports(site, voter).admin)]));
  return {
    kind: name === WITNESS ? "witness" : "region",
    environment: site.environment,
    mode: site.mode,
    region: name,
    regions,
    stateDir: stateFolder(site, name),
    host: HOST,
    ...(own.public !== null && { publicPort: own.public }),
    adminPort: own.admin,
    peers: adminUrls(regions.filter((region) => region !== name)),
    voters: adminUrls(votersOf(site)),
    voterSets: { generation: site.generation, sets: voterSets(site) },
    peerToken: tokens.peer,
    adminToken: tokens.admin,
    ...(options.lease && { lease: options.lease }),
    loopback: options.loopback,
    ...(options.outboundProxy !== undefined && { outboundProxy: options.outboundProxy }),
  };
}

const url = (port: number): string => `http://${HOST}:${port}`;
