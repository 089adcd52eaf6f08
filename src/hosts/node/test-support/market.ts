// A partner whose orders are read from a cursor.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export class Market {
  /** What it has, in order; an item without an order tells no identity. */
  readonly items: object[] = [];
  /** Headers of the reads that it answered, and the cursor each asked from. */
  readonly reads: { readonly after: number; readonly headers: IncomingHttpHeaders }[] = [];
  pageSize = 3;
  status = 200;
  readonly #server = createServer((request, response) => {
    const after = Number(new URL(request.url ?? "/", "http://market").searchParams.get("after") ?? 0);
    this.reads.push({ after, headers: request.headers });
    const orders = this.items.slice(after, after + this.pageSize);
    const next = String(after + orders.length);
    response.writeHead(this.status, { "content-type": "application/json" }).end(JSON.stringify({ orders, next }));
  });

  async open(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  place(...orders: readonly string[]): void {
    this.items.push(...orders.map((order) => ({ order })));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
