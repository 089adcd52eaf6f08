// A partner over HTTP: each site is a server of its own, and signs what it posts.
import { createHmac } from "node:crypto";
import type { Connecting, Connection, Made } from "./connection.ts";
import { type SiteName, siteNames } from "./replicas.ts";
import { SiteServer } from "./site-server.ts";
import { Source } from "./source.ts";

export interface HttpSecrets {
  readonly signing: string;
  readonly sites: Readonly<Record<SiteName, string>>;
}

export class HttpConnection implements Connection {
  readonly source: Source;
  readonly #secrets: HttpSecrets;
  readonly #endpoint: (region: string) => string;
  readonly #servers: Readonly<Record<SiteName, SiteServer>>;

  constructor({ sites, taker, write, lagMs, region, regionOf }: Connecting, secrets: HttpSecrets) {
    const { theirs } = sites;
    const source = new Source(`poll-${theirs}`, sites, lagMs, write);
    this.source = source;
    this.#secrets = secrets;
    this.#endpoint = (name) => region(name, `receive-${theirs}`);
    const serverOf = (site: SiteName): SiteServer =>
      new SiteServer({ site, sites, taker, source, secret: secrets.signing, regionOf });
    this.#servers = { a: serverOf("a"), b: serverOf("b") };
  }

  async open(): Promise<void> {
    await Promise.all(siteNames.map((site) => this.#servers[site].open()));
  }

  port(site: SiteName): number {
    return this.#servers[site].port;
  }

  async give(site: SiteName, region: string, { n, key, ballast }: Made, signal: AbortSignal): Promise<boolean> {
    const body = JSON.stringify({ id: String(n), n, key: `k${key}`, ballast });
    const signature = createHmac("sha256", this.#secrets.sites[site]).update(body).digest("hex");
    const headers = { "content-type": "application/json", "x-signature": signature };
    try {
      const answer = await fetch(this.#endpoint(region), { method: "POST", body, headers, signal });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }

  stop(site: SiteName): Promise<void> {
    return this.#servers[site].close();
  }

  start(site: SiteName): Promise<void> {
    return this.#servers[site].open();
  }

  async close(): Promise<void> {
    await Promise.all(siteNames.map((site) => this.#servers[site].close()));
  }
}
