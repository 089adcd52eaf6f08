import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, shopSecret, World } from "./test-support/world.ts";

const patience = { timeout: 30_000 };
const secrets = { claims: ["token-of-claims"], audit: ["token-of-audit"] };

interface FeedEvent {
  readonly id: string;
  readonly data: { readonly number: string };
}
interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly FeedEvent[];
  readonly cursor: string | null;
}

const get = async (gateway: Gateway, token: string, query: string, method = "GET"): Promise<Page> => {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${gateway.publicUrl}/orders-feed${query}`, { method, headers });
  const body: unknown = await response.json();
  const events = Array.isArray(body) ? body : [];
  return { status: response.status, headers: response.headers, events, cursor: response.headers.get("isthmus-cursor") };
};

/** A reader that keeps its cursor, and reads wherever it is told to. */
class Reader {
  readonly numbers: string[] = [];
  cursor: string | null = null;
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  async read(gateway: Gateway, rest = ""): Promise<Page> {
    const page = await get(
      gateway,
      this.#token,
      `?limit=2${this.cursor === null ? "" : `&cursor=${this.cursor}`}${rest}`,
    );
    if (page.status !== 200) return page;
    this.numbers.push(...page.events.map(({ data }) => data.number));
    this.cursor = page.cursor;
    return page;
  }

  /** Reads at these regions in turn until it has all of these, in whatever order. */
  async readAll(gateways: readonly Gateway[], numbers: readonly string[]): Promise<void> {
    let turn = 0;
    const read = async (): Promise<readonly string[]> => {
      const gateway = gateways[turn % gateways.length];
      turn += 1;
      if (gateway !== undefined) await this.read(gateway);
      return [...this.numbers].sort();
    };
    await expect.poll(read, patience).toEqual([...numbers].sort());
  }
}

describe("a feed in two regions", () => {
  let world: World;
  let east: Gateway;
  let west: Gateway;
  beforeAll(async () => {
    world = await World.make(["east", "west"]);
    await world.start();
    [east, west] = [world.gateway("east"), world.gateway("west")];
    for (const gateway of [east, west]) {
      const answers = [
        await gateway.deploy("orders-feed", "orders-feed", { secrets }),
        await gateway.deploy("orders-in", "orders-in", { secrets: { shop: [shopSecret] } }),
      ];
      for (const answer of answers) expect(answer, gateway.log).toMatchObject({ status: 200 });
    }
  });
  afterAll(() => world.end());

  const claims = new Reader("token-of-claims");
  const audit = new Reader("token-of-audit");
  const place = async (gateway: Gateway, ...orders: readonly string[]): Promise<void> => {
    for (const order of orders) {
      await expect.poll(async () => (await gateway.give(order, { order })).status, patience).toBe(202);
    }
  };

  test("what either region has is read at both with one cursor, every event once", async () => {
    await place(east, "e-1", "e-2", "e-3");
    await place(west, "w-1", "w-2", "w-3");
    await claims.readAll([east, west], ["e-1", "e-2", "e-3", "w-1", "w-2", "w-3"]);
  });

  test("an event is a CloudEvent as the translation made it, and nothing else of ours", async () => {
    const { events, headers } = await get(west, "token-of-audit", "?from=earliest&limit=1");
    expect(headers.get("content-type")).toBe("application/cloudevents-batch+json");
    expect(headers.get("link")).toMatch(/^<\/orders-feed\?cursor=.+>; rel="next"$/);
    const [event] = events;
    const number = event?.data.number;
    expect(event).toEqual({
      specversion: "1.0",
      id: number,
      source: "/shop/orders-in",
      type: "com.acme.order.v1",
      time: expect.any(String),
      partitionkey: number,
      correlationid: number,
      causationid: number,
      data: { number, note: "first version" },
    });
  });

  test("who waits is given the next event as it comes", async () => {
    const waiting = claims.read(west, "&wait=25");
    await place(west, "w-4");
    expect((await waiting).events.map(({ id }) => id)).toEqual(["w-4"]);
  });

  test("an event that the translation refuses is a fault, one that it leaves out is ignored, and the others go on", async () => {
    await place(east, "throw", "skip", "e-4");
    await claims.readAll([east], [...claims.numbers, "e-4"]);
    const { body } = await east.admin("GET", "/admin/faults?connector=orders-feed");
    expect(body).toMatchObject({ entries: [{ id: "throw", reason: /no such policy/ }] });
  });

  test("readers are apart: each has its own place, and no other's cursor", async () => {
    await audit.readAll([west, east], claims.numbers);
    const other = await get(east, "token-of-audit", `?cursor=${claims.cursor}`);
    expect(other.status).toBe(403);
    expect((await get(east, "wrong", `?cursor=${claims.cursor}`)).status).toBe(401);
    expect((await get(east, "token-of-claims", "?cursor=x")).status).toBe(400);
  });

  test("what every reader has acknowledged is delivered", async () => {
    for (const reader of [claims, audit]) expect((await reader.read(east)).events).toEqual([]);
    const counts = () => Promise.all([east, west].map((gateway) => gateway.counts("orders-feed")));
    const all = { accepted: 10, delivered: 8, faulted: 1, ignored: 1, pending: 0 };
    await expect.poll(counts, patience).toMatchObject([all, all]);
  });

  test("only reads are answered", async () => {
    const { status, headers } = await get(east, "token-of-claims", "", "POST");
    expect([status, headers.get("allow")]).toEqual([405, "GET"]);
  });

  test("metrics say how many events each reader has not acknowledged", async () => {
    const metrics = async () => String((await east.admin("GET", "/metrics")).body);
    await expect.poll(metrics, patience).toMatch(/isthmus_unread\{connector="orders-feed",reader="audit"[^}]*\} 0/);
    expect(await metrics()).toMatch(/isthmus_offered_total\{connector="orders-feed",reader="claims"[^}]*\} [1-9]/);
  });

  test("when a region is killed its readers go on at the other with the cursor that they have", async () => {
    await place(east, "e-5");
    await expect.poll(async () => (await west.counts("orders-feed")).pending, patience).toBe(1);
    await east.end("SIGKILL");
    await place(west, "w-5");
    const before = claims.numbers.length;
    await claims.readAll([west], [...claims.numbers, "e-5", "w-5"]);
    expect(claims.numbers.slice(before).sort()).toEqual(["e-5", "w-5"]);
    expect(await east.start(), east.log).toBeNull();
    await place(east, "e-6");
    await claims.readAll([east, west], [...claims.numbers, "e-6"]);
  });

  test("without a cursor a reader goes on where it acknowledged last, at any region", async () => {
    await claims.read(east);
    const again = async () => (await get(west, "token-of-claims", "")).events;
    await expect.poll(again, patience).toEqual([]);
  });

  test("a reader that goes while it waits is waited with no longer", async () => {
    const headers = { authorization: "Bearer token-of-claims" };
    for (let at = 0; at < 10; at += 1) {
      const waiting = fetch(`${east.publicUrl}/orders-feed?wait=30`, { headers, signal: AbortSignal.timeout(100) });
      await expect(waiting).rejects.toThrow(/timeout/);
    }
    expect((await get(east, "token-of-claims", "")).status).toBe(200);
  });

  test("a region that stops sends those who wait elsewhere, and ends", async () => {
    const waiting = claims.read(east, "&wait=30");
    await expect.poll(async () => (await get(east, "token-of-claims", "?limit=1")).status, patience).toBe(200);
    expect(await east.end("SIGTERM")).toBe(0);
    const { status, headers } = await waiting;
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test("a feed that is drained takes nothing more, and its readers read on what it has", async () => {
    await place(west, "w-6");
    // Of the other reader's: e-5, w-5, e-6 and w-6.
    await expect.poll(() => west.counts("orders-feed"), patience).toMatchObject({ pending: 4 });
    await west.admin("POST", "/admin/connectors/orders-feed/drain");
    await place(west, "w-7");
    await claims.readAll([west], [...claims.numbers, "w-6"]);
    await expect.poll(() => west.counts("orders-in"), patience).toMatchObject({ pending: 0 });
    expect(await west.counts("orders-feed")).toMatchObject({ pending: 4 });
  });

  test("a feed that holds what a reader has not read is removed only where that is to be discarded", async () => {
    const path = "/admin/connectors/orders-feed";
    expect(await west.admin("DELETE", path)).toMatchObject({ status: 409, body: { counts: { pending: 4 } } });
    expect((await claims.read(west)).status).toBe(200);
    expect((await west.admin("DELETE", `${path}?discard=true`)).status).toBe(200);
    expect((await claims.read(west)).status).toBe(404);
  });
});
