// Role receive, seen from the partner: a site gives what it has to give, key by key in order, until one of our regions
// acknowledges. Its list of what is given is replicated too: who takes over may give some again.
import { setTimeout as wait } from "node:timers/promises";
import type { Write } from "../ledger.ts";
import type { Connection, Made } from "./connection.ts";
import { Replicas, type SiteName, siteNames } from "./replicas.ts";
import type { Sites } from "./sites.ts";

interface Message extends Made {
  readonly kind: "message";
}
interface Done {
  readonly kind: "done";
  readonly n: number;
  readonly key: number;
}

export interface GiverOptions {
  readonly cell: string;
  readonly lagMs: number;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly regions: readonly string[];
  readonly give: Connection["give"];
  /** Which region a key goes to first. */
  readonly firstRegion: (key: number) => string;
  readonly keys: number;
}

const pauseMs = 100;

export class Giver {
  readonly #options: GiverOptions;
  readonly #sites: Sites;
  readonly #write: Write;
  readonly #box: Replicas<Message | Done>;
  readonly #regionOf = new Map<number, string>();
  readonly #tried = new Map<number, string>();
  readonly #known = new Set<number>();
  readonly #ending = new AbortController();
  #calls: Record<SiteName, AbortController> = { a: new AbortController(), b: new AbortController() };

  constructor(options: GiverOptions, sites: Sites, write: Write) {
    this.#options = options;
    this.#sites = sites;
    this.#write = write;
    this.#box = new Replicas({ lagMs: options.lagMs });
  }

  /** Every key is worked for by one site at a time. */
  run(): void {
    for (let key = 0; key < this.#options.keys; key += 1) void this.#work(key);
  }

  /** The partner's own business makes a message. False: no site of theirs is up. */
  add(message: Made): boolean {
    const site = this.#sites.workingFor(message.key);
    if (site === null) return false;
    this.#box.write(site, { kind: "message", ...message });
    return true;
  }

  /** Keys go to their first region again, as after a failover record was taken back. */
  goHome(): void {
    this.#regionOf.clear();
  }

  /** Whether the sites know of nothing that is left to be given. */
  get isIdle(): boolean {
    const keys = Array.from({ length: this.#options.keys }, (_, key) => key);
    return siteNames.every((site) => keys.every((key) => this.#next(site, key) === undefined));
  }

  /** Forgets what was given, so that looking for the next takes no longer with every day. */
  trim(): void {
    const done = new Set(this.#box.at("a").flatMap(({ record }) => (record.kind === "done" ? [record.n] : [])));
    this.#box.trim(({ n }) => !done.has(n));
  }

  stop(site: SiteName, loss: boolean): void {
    this.#calls[site].abort();
    const gone = this.#box.stop(site, loss);
    for (const { kind, n, key } of gone) {
      if (kind === "message") this.#write({ cell: this.#options.cell, what: "void", n, key, place: site });
    }
  }

  start(site: SiteName): void {
    this.#calls[site] = new AbortController();
    this.#box.start(site);
  }

  close(): void {
    this.#ending.abort();
    for (const site of siteNames) this.#calls[site].abort();
    this.#box.close();
  }

  async #work(key: number): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const site = this.#sites.workingFor(key);
      const next = site === null ? undefined : this.#next(site, key);
      if (site === null || next === undefined) await wait(10);
      else if (await this.#give(site, next)) this.#box.write(site, { kind: "done", n: next.n, key });
      else await wait(pauseMs);
    }
  }

  /** The first message of a key of which this site does not know that it was given. */
  #next(site: SiteName, key: number): Message | undefined {
    const records = this.#box.at(site).map(({ record }) => record);
    const done = new Set(records.filter(({ kind }) => kind === "done").map(({ n }) => n));
    return records.find(
      (record): record is Message => record.kind === "message" && record.key === key && !done.has(record.n),
    );
  }

  async #give(site: SiteName, message: Message): Promise<boolean> {
    const { cell, firstRegion } = this.#options;
    const { n, key } = message;
    const region = this.#regionOf.get(key) ?? firstRegion(key);
    const tried = this.#tried.get(n);
    if (tried !== region) this.#write({ cell, what: tried === undefined ? "given" : "tried", n, key, place: region });
    this.#tried.set(n, region);
    const acknowledged = await this.#call(site, region, message);
    if (acknowledged) {
      if (!this.#known.has(n)) this.#write({ cell, what: "acknowledged", n, key, place: region });
      this.#known.add(n);
    } else if (this.#sites.isUp(site)) this.#regionOf.set(key, this.#after(region));
    // A site that was stopped meanwhile did not get to know.
    return acknowledged && this.#sites.isUp(site);
  }

  async #call(site: SiteName, region: string, message: Message): Promise<boolean> {
    const { give, timeoutMs } = this.#options;
    const { signal } = this.#calls[site];
    const slowMs = this.#sites.slowMs(site);
    if (slowMs === 0) return give(site, region, message, AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]));
    try {
      await wait(slowMs, undefined, { signal });
    } catch {
      return false;
    }
    return give(site, region, message, signal);
  }

  #after(region: string): string {
    const { regions } = this.#options;
    return regions[(regions.indexOf(region) + 1) % regions.length] ?? region;
  }
}
