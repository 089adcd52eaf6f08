// A site of the partner as our functions see it: the services of its region at one address, which refuses while the site is
// stopped and takes its time while it is slow.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";

export interface FrontOptions {
  /** Of the services behind it. */
  readonly url: string;
  readonly slowMs: () => number;
  /** Which region a caller's address belongs to. */
  readonly regionOf: (address: string) => string;
}

/** What is taken before a slow site is done: its caller does not know. */
const taking = /\.(SendMessage|PutEvents)$/;
const hopByHop = ["host", "connection", "keep-alive", "transfer-encoding", "content-length", "expect"];
const named = z.union([
  z.object({ MessageId: z.string() }).transform(({ MessageId }) => [MessageId]),
  z
    .object({ Entries: z.array(z.object({ EventId: z.string() })) })
    .transform(({ Entries }) => Entries.map(({ EventId }) => EventId)),
]);
/** The service shows a message to its reader before it answers its writer. */
const answeredMs = 1_000;
const lookMs = 10;

export class Front {
  readonly #options: FrontOptions;
  /** Of what was taken: the region that called. */
  readonly #callers = new Map<string, string>();
  #ending = new AbortController();
  #server: Server | null = null;
  #port = 0;

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, at the same port after every close. */
  async open(): Promise<void> {
    if (this.#server !== null) return;
    this.#ending = new AbortController();
    const server = createServer((request, response) => {
      // A caller that goes away, and a site that is stopped: nobody is answered.
      this.#handle(request, response).catch(() => response.destroy());
    });
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
    this.#ending.abort();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** The region that gave what the service named so; `nowhere`: it came past this address. */
  async callerOf(id: string): Promise<string> {
    const until = Date.now() + answeredMs;
    while (!this.#callers.has(id) && Date.now() < until) await wait(lookMs);
    const caller = this.#callers.get(id) ?? "nowhere";
    this.#callers.delete(id);
    return caller;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { slowMs, regionOf } = this.#options;
    const { signal } = this.#ending;
    const from = regionOf(request.socket.remoteAddress ?? "");
    const body = await buffer(request);
    const takes = taking.test(String(request.headers["x-amz-target"] ?? ""));
    if (!takes) await wait(slowMs(), undefined, { signal });
    // Who has hung up meanwhile would not get what he asked for.
    if (request.socket.destroyed) return;
    const answer = await this.#forward(request, body);
    const text = Buffer.from(await answer.arrayBuffer());
    if (takes && answer.ok) this.#note(text, from);
    if (takes) await wait(slowMs(), undefined, { signal });
    const type = answer.headers.get("content-type");
    response.writeHead(answer.status, type === null ? {} : { "content-type": type }).end(text);
  }

  #forward({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Promise<Response> {
    const passed = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
    return fetch(new URL(url, this.#options.url), {
      method,
      headers: passed.map(([name, value]): [string, string] => [name, String(value)]),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
      signal: this.#ending.signal,
    });
  }

  #note(text: Buffer, from: string): void {
    const read = named.safeParse(JSON.parse(text.toString("utf8")));
    for (const id of read.success ? read.data : []) this.#callers.set(id, from);
  }
}
