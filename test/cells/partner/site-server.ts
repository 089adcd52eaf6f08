// One site of the partner on the wire: takes invoices of ours, serves its log, and says that it is there.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import type { SiteName } from "./replicas.ts";
import type { Sites } from "./sites.ts";
import type { Source } from "./source.ts";
import type { Taker } from "./taker.ts";

export interface SiteServerOptions {
  readonly site: SiteName;
  readonly sites: Sites;
  readonly taker: Taker;
  readonly source: Source;
  /** Standard Webhooks secret, `whsec_...`. */
  readonly secret: string;
  /** Which region a caller's address belongs to. */
  readonly regionOf: (address: string) => string;
}

const invoice = z.object({ data: z.object({ n: z.int(), key: z.string() }) });
/** How long a site works on what it takes. */
const workMs = 25;

export class SiteServer {
  readonly #options: SiteServerOptions;
  readonly #webhook: Webhook;
  #server: Server | null = null;
  #port = 0;

  constructor(options: SiteServerOptions) {
    this.#options = options;
    this.#webhook = new Webhook(options.secret);
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, at the same port after every close. */
  async open(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((request, response) => {
      // A caller that goes away while we read or wait is its own trouble.
      this.#handle(request, response).catch(() => response.destroy());
    });
    server.keepAliveTimeout = 30_000;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections and cuts those that are open. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { site, sites, source, regionOf } = this.#options;
    const url = new URL(request.url ?? "/", "http://site");
    const from = regionOf(request.socket.remoteAddress ?? "");
    const body = await buffer(request);
    if (request.method === "POST" && url.pathname === "/take") return this.#take(request, body, from, response);
    await wait(sites.slowMs(site));
    if (!sites.isUp(site)) return;
    if (request.method === "HEAD") response.writeHead(200).end();
    else if (url.pathname === "/log") answer(response, 200, source.page(site, url.searchParams.get("after")));
    else answer(response, 404, { error: "no such resource" });
  }

  async #take(request: IncomingMessage, body: Buffer, from: string, response: ServerResponse): Promise<void> {
    const { site, sites, taker } = this.#options;
    await wait(workMs);
    // A site that was stopped while it worked has done nothing: its connections are cut.
    if (!sites.isUp(site)) return;
    if (!this.#proves(request, body)) return answer(response, 401, { error: "not verified" });
    const { data } = invoice.parse(JSON.parse(body.toString("utf8")));
    taker.take(site, { n: data.n, key: Number(data.key.slice(1)) }, from);
    await wait(sites.slowMs(site));
    if (sites.isUp(site)) answer(response, 200, { accepted: true });
  }

  #proves({ headers }: IncomingMessage, body: Buffer): boolean {
    const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    try {
      this.#webhook.verify(body, Object.fromEntries(names.map((name) => [name, String(headers[name] ?? "")])));
      return true;
    } catch {
      return false;
    }
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
