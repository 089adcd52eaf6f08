// A gateway in a hundred lines, only to test the drill itself: it never loses anything unless it is told to.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { verify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import type { Gateway } from "./gateway.ts";

export interface FakeOptions {
  readonly inboundSecret: string;
  readonly outboundSecret: string;
  readonly sites: readonly string[];
  /** Acknowledges every n-th message and forgets it. */
  readonly forgetsEvery?: number;
}

export class FakeGateway implements Gateway {
  readonly #options: FakeOptions;
  readonly #servers = new Map<string, Server>();
  readonly #ports = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #delivered: { id: string; body: string }[] = [];
  #queue: { id: string; body: string }[] = [];
  #site = 0;
  #accepted = 0;
  #closed = false;

  private constructor(options: FakeOptions) {
    this.#options = options;
  }

  static async start(options: FakeOptions): Promise<FakeGateway> {
    const gateway = new FakeGateway(options);
    await gateway.restart("east");
    await gateway.restart("west");
    void gateway.#send();
    return gateway;
  }

  get endpoints(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#ports].map(([region, port]) => [region, `http://127.0.0.1:${port}`]));
  }

  async kill(region: string): Promise<void> {
    const server = this.#servers.get(region);
    server?.closeAllConnections();
    server?.close();
  }

  async dutyMoved(): Promise<void> {}

  async restart(region: string): Promise<void> {
    const server = createServer((request, response) => void this.#accept(request, response));
    this.#servers.set(region, server);
    await new Promise<void>((resolve) => server.listen(this.#ports.get(region) ?? 0, "127.0.0.1", resolve));
    const address = server.address();
    if (address !== null && typeof address === "object") this.#ports.set(region, address.port);
  }

  async settled(timeoutMs: number): Promise<void> {
    for (const until = Date.now() + timeoutMs; this.#queue.length > 0 && Date.now() < until; ) await wait(10);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#servers.keys()].map((region) => this.kill(region)));
  }

  async #accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const id = String(request.headers["x-github-delivery"]);
    if (!(await verify(this.#options.inboundSecret, body, String(request.headers["x-hub-signature-256"])))) {
      response.writeHead(401).end();
      return;
    }
    this.#accepted += 1;
    const forgotten = this.#accepted % (this.#options.forgetsEvery ?? Number.POSITIVE_INFINITY) === 0;
    const repository = JSON.parse(body).repository?.full_name;
    if (
      repository !== undefined &&
      request.headers["x-github-event"] !== "ping" &&
      !forgotten &&
      !this.#known.has(id)
    ) {
      this.#known.add(id);
      this.#queue.push({ id, body: JSON.stringify({ type: "repository.billed", data: { repository } }) });
    }
    response.writeHead(202).end();
  }

  /** One at a time; on a refused connection the next site, and everything again that the old site may have lost. */
  async #send(): Promise<void> {
    while (!this.#closed) {
      const next = this.#queue[0];
      if (!next) {
        await wait(5);
        continue;
      }
      try {
        const answer = await this.#post(next);
        if (!answer.ok) continue;
        this.#delivered.push(next);
        this.#queue.shift();
      } catch {
        this.#site = (this.#site + 1) % this.#options.sites.length;
        this.#queue = [...this.#delivered.splice(0), ...this.#queue];
      }
    }
  }

  #post({ id, body }: { id: string; body: string }): Promise<Response> {
    const now = new Date();
    return fetch(`${this.#options.sites[this.#site]}/invoices`, {
      method: "POST",
      body,
      headers: {
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
        "webhook-signature": new Webhook(this.#options.outboundSecret).sign(id, now, body),
      },
    });
  }
}
