// How a partner and we reach each other: the protocol by which its sites take, give and are read.
import type { Write } from "../ledger.ts";
import type { SiteName } from "./replicas.ts";
import type { Sites } from "./sites.ts";
import type { Taker } from "./taker.ts";

export interface Made {
  readonly n: number;
  readonly key: number;
  readonly ballast: string;
}

/** What can be read at a partner's sites. */
export interface Readable {
  /** The partner's own business writes an item. False: no site of theirs is up. */
  add(item: Made): boolean;
  /** Whether everything that was written lies at a site. */
  readonly isIdle: boolean;
  stop(site: SiteName, loss: boolean): void;
  start(site: SiteName): void;
  close(): void;
}

export interface Connection {
  /** Where a site is called, on this machine. */
  port(site: SiteName): number;
  /** null: nothing of theirs is read by this protocol. */
  readonly source: Readable | null;
  /** Both sites are there. */
  open(): Promise<void>;
  /** Gives us a message once, at one of our regions. @returns whether it was acknowledged; never throws */
  give(site: SiteName, region: string, message: Made, signal: AbortSignal): Promise<boolean>;
  /** The site refuses whoever calls it, and ends the calls that are open. */
  stop(site: SiteName, loss: boolean): Promise<void>;
  start(site: SiteName): Promise<void>;
  close(): Promise<void>;
}

/** What a connection has of its partner. */
export interface Connecting {
  readonly sites: Sites;
  readonly taker: Taker;
  readonly write: Write;
  /** Milliseconds until the other site has what one site has. */
  readonly lagMs: number;
  /** Where a region of ours has a path. */
  readonly region: (region: string, path: string) => string;
  /** Which region a caller's address belongs to. */
  readonly regionOf: (address: string) => string;
}

export type Connect = (connecting: Connecting) => Connection;
