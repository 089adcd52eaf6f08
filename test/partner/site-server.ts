// One site on the wire: POST /invoices (Standard Webhooks) and GET /invoices?id= (lookup).
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import type { SiteName } from "./config.ts";
import { type Answer, effectsOf, type Fault, noFault } from "./faults.ts";
import type { Append } from "./ledger.ts";
import type { Sites, Taken } from "./sites.ts";

export interface SiteServerOptions {
  readonly site: SiteName;
  readonly host: string;
  readonly port: number;
  readonly secrets: readonly string[];
  readonly key: string;
  readonly sites: Sites;
  readonly append: Append;
}

interface Invoice {
  readonly id: string | null;
  readonly key: string | null;
  readonly verified: boolean;
  readonly digest: string;
  readonly traceparent: string | null;
}

const nothing: Taken = { effect: null, duplicate: false, sequence: null };

export class SiteServer {
  readonly #options: SiteServerOptions;
  readonly #webhooks: readonly Webhook[];
  #server: Server | null = null;
  #port: number;
  #fault: Fault = noFault;

  constructor(options: SiteServerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#webhooks = options.secrets.map((secret) => new Webhook(secret));
  }

  get url(): string {
    return `http://${this.#options.host}:${this.#port}`;
  }

  get fault(): Fault {
    return this.#fault;
  }

  /** Listens, at the same port after every close. Rejects when the port is taken. */
  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => this.#handle(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(this.#port, this.#options.host, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  /** Refuses connections and cuts those that are open. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Sets the fault switch; `down` closes the port, anything else opens it unless the site is stopped. */
  async set(fault: Fault): Promise<void> {
    this.#fault = fault;
    this.#options.append({ kind: "fault", site: this.#options.site, fault: fault.kind });
    if (fault.kind === "down") await this.close();
    else if (!this.#options.sites.stopped(this.#options.site)) await this.open();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.url);
    const work =
      url.pathname !== "/invoices"
        ? Promise.resolve(answer(response, { status: 404, body: { error: "no such resource" } }))
        : request.method === "POST"
          ? this.#post(request, response)
          : this.#lookup(url.searchParams.get("id") ?? "", response);
    // A caller that goes away while we read or wait is its own trouble.
    work.catch(() => response.destroy());
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const invoice = this.#read(request, await buffer(request));
    const { takes, answer: dictated, delayMs } = effectsOf(this.#fault);
    const fault = this.#fault.kind;
    if (delayMs > 0) await wait(delayMs);
    const { site, sites } = this.#options;
    // A site that was stopped while it worked has done nothing: its connections are cut.
    if (sites.stopped(site)) return;
    const { id } = invoice;
    if (!invoice.verified || id === null) {
      this.#write(invoice, nothing, 401, fault);
      return answer(response, { status: 401, body: { error: "not verified" } });
    }
    const taken = takes ? sites.take(site, id, invoice.key) : { ...nothing, duplicate: sites.holds(site, id) };
    const said = dictated ?? { status: 200, body: { accepted: true, duplicate: taken.duplicate } };
    this.#write(invoice, taken, said === "never" ? null : said.status, fault);
    if (said !== "never") answer(response, said);
  }

  async #lookup(id: string, response: ServerResponse): Promise<void> {
    const { answer: dictated, delayMs } = effectsOf(this.#fault);
    if (delayMs > 0) await wait(delayMs);
    const found = this.#options.sites.holds(this.#options.site, id);
    const truth: Answer = found ? { status: 200, body: { id, found } } : { status: 404, body: { id, found } };
    if (dictated !== "never") answer(response, dictated ?? truth);
  }

  #write(invoice: Invoice, taken: Taken, status: number | null, fault: string): void {
    this.#options.append({ kind: "request", site: this.#options.site, ...invoice, ...taken, status, fault });
  }

  #read(request: IncomingMessage, body: Buffer): Invoice {
    const header = (name: string): string => String(request.headers[name] ?? "");
    const headers = {
      "webhook-id": header("webhook-id"),
      "webhook-timestamp": header("webhook-timestamp"),
      "webhook-signature": header("webhook-signature"),
    };
    const verified = this.#webhooks.some((webhook) => proves(webhook, body, headers));
    return {
      id: headers["webhook-id"] || null,
      key: verified ? keyOf(body, this.#options.key) : null,
      verified,
      digest: createHash("sha256").update(body).digest("hex"),
      traceparent: header("traceparent") || null,
    };
  }
}

function proves(webhook: Webhook, body: Buffer, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function keyOf(body: Buffer, pointer: string): string | null {
  let at: unknown = JSON.parse(body.toString("utf8"));
  for (const name of pointer.slice(1).split("/")) {
    if (typeof at !== "object" || at === null) return null;
    at = Object.entries(at).find(([field]) => field === name)?.[1];
  }
  return typeof at === "string" ? at : null;
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
