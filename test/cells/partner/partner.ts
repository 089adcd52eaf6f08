// A partner of one topology with all four roles at its two sites, and the switches by which a drill breaks it.
import type { Write } from "../ledger.ts";
import type { Connect, Connection, Made } from "./connection.ts";
import { Giver } from "./giver.ts";
import { HttpConnection } from "./http.ts";
import { Reader } from "./reader.ts";
import { otherSite, type SiteName, siteNames } from "./replicas.ts";
import { Sites, type Theirs } from "./sites.ts";
import { Taker } from "./taker.ts";

export interface PartnerOptions {
  readonly theirs: Theirs;
  readonly write: Write;
  /** Milliseconds until the other site has what one site has. */
  readonly lagMs: number;
  /** How long a call of theirs may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly regions: readonly string[];
  /** Where a region of ours has a path. */
  readonly region: (region: string, path: string) => string;
  readonly firstRegion: (key: number) => string;
  readonly regionOf: (address: string) => string;
  readonly secrets: {
    readonly signing: string;
    readonly sites: Readonly<Record<SiteName, string>>;
    readonly readers: Readonly<Record<SiteName | "both", string>>;
  };
  readonly keys: number;
  /** Roles that are drilled: nobody calls us in another one. */
  readonly roles: readonly string[];
  /** How it and we reach each other. Default: HTTP, which is also how it reads ours. */
  readonly connect?: Connect | undefined;
}

export class Partner {
  readonly #options: PartnerOptions;
  readonly #sites: Sites;
  readonly #taker: Taker;
  readonly #connection: Connection;
  readonly #giver: Giver;
  readonly #readers: readonly Reader[];

  constructor(options: PartnerOptions) {
    this.#options = options;
    const { theirs, lagMs, write, secrets, region, regionOf } = options;
    const { connect = (connecting) => new HttpConnection(connecting, secrets) } = options;
    this.#sites = new Sites(theirs, 2 * lagMs);
    this.#taker = new Taker(`send-${theirs}`, lagMs, write);
    this.#connection = connect({ sites: this.#sites, taker: this.#taker, write, lagMs, region, regionOf });
    this.#giver = this.#makeGiver();
    this.#readers = (theirs === "ps" ? (["both"] as const) : siteNames).map((as) => this.#makeReader(as));
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  port(site: SiteName): number {
    return this.#connection.port(site);
  }

  /** Begins to call us. */
  run(): void {
    const { roles } = this.#options;
    if (roles.includes("receive")) this.#giver.run();
    if (roles.includes("feed")) for (const reader of this.#readers) reader.run();
  }

  /** The partner's business makes something to be read at its log, or to be given to us. False: no site is up. */
  make(role: "poll" | "receive", made: Made): boolean {
    return (role === "poll" ? this.#connection.source : this.#giver)?.add(made) ?? false;
  }

  /** Whether everything that is to be given was given. */
  get isIdle(): boolean {
    return this.#giver.isIdle && this.#connection.source?.isIdle !== false;
  }

  async stopSite(site: SiteName, loss: boolean): Promise<void> {
    this.#sites.stop(site);
    for (const part of this.#parts()) part.stop(site, loss);
    await this.#connection.stop(site, loss);
  }

  async startSite(site: SiteName): Promise<void> {
    for (const part of this.#parts()) part.start(site);
    this.#sites.start(site);
    await this.#connection.start(site);
  }

  /** A site that is slow, of all that it does; 0: no more. */
  slowSite(site: SiteName, ms: number): void {
    this.#sites.slow(site, ms);
  }

  /** Forgets what nobody needs any more. */
  trim(): void {
    this.#giver.trim();
  }

  /** Calls go to the region that they went to first. */
  goHome(): void {
    this.#giver.goHome();
    for (const reader of this.#readers) reader.goHome();
  }

  async close(): Promise<void> {
    for (const part of this.#parts()) part.close();
    await this.#connection.close();
  }

  #parts() {
    const { source } = this.#connection;
    return [this.#taker, ...(source === null ? [] : [source]), this.#giver, ...this.#readers];
  }

  #makeGiver(): Giver {
    const { theirs, lagMs, timeoutMs, regions, firstRegion, keys, write } = this.#options;
    const give: Connection["give"] = (...given) => this.#connection.give(...given);
    const cell = `receive-${theirs}`;
    return new Giver({ cell, lagMs, timeoutMs, regions, give, firstRegion, keys }, this.#sites, write);
  }

  #makeReader(as: SiteName | "both"): Reader {
    const { theirs, lagMs, timeoutMs, region, secrets, write } = this.#options;
    const cell = `feed-${theirs}`;
    // Sites that read for themselves begin at different regions.
    const regions = as === otherSite("a") ? this.#options.regions.toReversed() : this.#options.regions;
    const endpoint = (name: string): string => region(name, cell);
    const token = secrets.readers[as];
    return new Reader({ cell, lagMs, timeoutMs, regions, endpoint, token, as }, this.#sites, write);
  }
}
