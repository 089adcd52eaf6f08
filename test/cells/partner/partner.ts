// A partner of one topology with all four roles at its two sites, and the switches by which a drill breaks it.
import type { Write } from "../ledger.ts";
import { Giver } from "./giver.ts";
import { Reader } from "./reader.ts";
import { otherSite, type SiteName, siteNames } from "./replicas.ts";
import { SiteServer } from "./site-server.ts";
import { Sites, type Theirs } from "./sites.ts";
import { Source } from "./source.ts";
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
}

export interface Made {
  readonly n: number;
  readonly key: number;
  readonly ballast: string;
}

export class Partner {
  readonly #options: PartnerOptions;
  readonly #sites: Sites;
  readonly #taker: Taker;
  readonly #source: Source;
  readonly #giver: Giver;
  readonly #readers: readonly Reader[];
  readonly #servers: Readonly<Record<SiteName, SiteServer>>;

  constructor(options: PartnerOptions) {
    this.#options = options;
    const { theirs, lagMs, write, secrets, regionOf } = options;
    this.#sites = new Sites(theirs, 2 * lagMs);
    this.#taker = new Taker(`send-${theirs}`, lagMs, write);
    this.#source = new Source(`poll-${theirs}`, this.#sites, lagMs, write);
    this.#giver = this.#makeGiver();
    this.#readers = (theirs === "ps" ? (["both"] as const) : siteNames).map((as) => this.#makeReader(as));
    const serverOf = (site: SiteName): SiteServer => {
      const [sites, taker, source] = [this.#sites, this.#taker, this.#source];
      return new SiteServer({ site, sites, taker, source, secret: secrets.signing, regionOf });
    };
    this.#servers = { a: serverOf("a"), b: serverOf("b") };
  }

  async open(): Promise<void> {
    await Promise.all(siteNames.map((site) => this.#servers[site].open()));
  }

  port(site: SiteName): number {
    return this.#servers[site].port;
  }

  /** Begins to call us. */
  run(): void {
    const { roles } = this.#options;
    if (roles.includes("receive")) this.#giver.run();
    if (roles.includes("feed")) for (const reader of this.#readers) reader.run();
  }

  /** The partner's business makes something to be read at its log, or to be given to us. False: no site is up. */
  make(role: "poll" | "receive", made: Made): boolean {
    return (role === "poll" ? this.#source : this.#giver).add(made);
  }

  /** Whether everything that is to be given was given. */
  get isIdle(): boolean {
    return this.#giver.isIdle;
  }

  async stopSite(site: SiteName, loss: boolean): Promise<void> {
    this.#sites.stop(site);
    for (const part of this.#parts()) part.stop(site, loss);
    await this.#servers[site].close();
  }

  async startSite(site: SiteName): Promise<void> {
    for (const part of this.#parts()) part.start(site);
    this.#sites.start(site);
    await this.#servers[site].open();
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
    await Promise.all(siteNames.map((site) => this.#servers[site].close()));
  }

  #parts() {
    return [this.#taker, this.#source, this.#giver, ...this.#readers];
  }

  #makeGiver(): Giver {
    const { theirs, lagMs, timeoutMs, regions, region, firstRegion, secrets, keys, write } = this.#options;
    const cell = `receive-${theirs}`;
    const endpoint = (name: string): string => region(name, cell);
    return new Giver(
      { cell, lagMs, timeoutMs, regions, endpoint, firstRegion, secrets: secrets.sites, keys },
      this.#sites,
      write,
    );
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
