// What a bad reader gets: one region, and readers of its feed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { patience, shop } from "./office.ts";

const secrets = { claims: ["token-of-claims"], audit: ["token-of-audit"] };

interface Page {
  readonly status: number;
  readonly ids: readonly string[];
  readonly cursor: string;
  readonly body: unknown;
}

describe("a region that is read", () => {
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    east = world.gateway("east");
    for (const [name, rest] of [
      ["orders-feed", { secrets }],
      ["orders-in", { secrets: shop }],
    ] as const) {
      expect(await east.deploy(name, name, rest), east.log).toMatchObject({ status: 200 });
    }
    // The same feed for others, under another name.
    expect(await east.deploy("other-feed", "orders-feed", { secrets }), east.log).toMatchObject({ status: 200 });
  });
  afterAll(() => world.end());

  const read = async (query: string, token = "token-of-claims", feed = "orders-feed"): Promise<Page> => {
    const headers = token === "" ? undefined : { authorization: `Bearer ${token}` };
    const response = await fetch(`${east.publicUrl}/${feed}${query}`, headers === undefined ? {} : { headers });
    const body: unknown = await response.json().catch(() => null);
    const ids = Array.isArray(body) ? body.map(({ id }: { id: string }) => id) : [];
    return { status: response.status, ids, cursor: response.headers.get("isthmus-cursor") ?? "", body };
  };
  const place = async (...orders: readonly string[]): Promise<void> => {
    for (const order of orders) {
      await expect.poll(async () => (await east.give(order, { order })).status, patience).toBe(202);
    }
  };
  const counts = () => east.counts("orders-feed");
  /** Reads on from a cursor until so many came. */
  const readOn = async (cursor: string, count: number): Promise<{ ids: string[]; cursor: string }> => {
    const ids: string[] = [];
    let from = cursor;
    await expect
      .poll(async () => {
        const page = await read(`?limit=2&cursor=${from}`);
        ids.push(...page.ids);
        from = page.cursor;
        return ids.length;
      }, patience)
      .toBe(count);
    return { ids, cursor: from };
  };

  test("one that goes back reads the same again, takes nothing back, and goes on where it was", async () => {
    await place("b-1", "b-2", "b-3", "b-4");
    await expect.poll(counts, patience).toMatchObject({ accepted: 4 });
    const begin = (await read("?from=earliest&limit=1")).cursor;
    const first = await readOn(begin, 3);
    // Presented once more, the last cursor acknowledges all that was read.
    await read(`?cursor=${first.cursor}`);
    await expect.poll(async () => (await read("")).ids, patience).toEqual([]);
    const again = await readOn(begin, 3);
    expect(again.ids).toEqual(first.ids);
    await read(`?cursor=${begin}`);
    expect((await read("")).ids).toEqual([]);
    await place("b-5");
    await expect.poll(async () => (await read(`?cursor=${first.cursor}`)).ids, patience).toEqual(["b-5"]);
  });

  test("one that goes back keeps nothing open that was delivered", async () => {
    const { cursor } = await read("?from=earliest");
    await read(`?cursor=${cursor}`);
    // One that never called is served once it is known where it begins.
    await expect.poll(async () => (await read("", "token-of-audit")).status, patience).toBe(200);
    const audit = await read("", "token-of-audit");
    await read(`?cursor=${audit.cursor}`, "token-of-audit");
    await expect.poll(counts, patience).toMatchObject({ accepted: 5, delivered: 5, pending: 0 });
    const again = await read("?from=earliest");
    expect(again.ids).toHaveLength(5);
    await read(`?cursor=${again.cursor}`);
    expect(await counts()).toMatchObject({ delivered: 5, pending: 0 });
  });

  test("one with another reader's or another feed's cursor is answered 403, and one without its token 401", async () => {
    const { cursor } = await read("?from=earliest&limit=1");
    const before = await counts();
    expect((await read(`?cursor=${cursor}`, "token-of-audit")).status).toBe(403);
    expect((await read(`?cursor=${cursor}`, "token-of-claims", "other-feed")).status).toBe(403);
    for (const token of ["", "wrong", "token-of-nobody"]) {
      expect(await read(`?cursor=${cursor}`, token)).toMatchObject({ status: 401, body: { error: "not verified" } });
    }
    expect(await counts()).toEqual(before);
  });

  test.each(["?cursor=x", "?limit=-1", "?limit=many", "?wait=long", "?from=yesterday", "?from=earliest&cursor=x"])(
    "one that asks %s is answered 400 that names what is wrong",
    async (query) => {
      const [name = ""] = query.slice(1).split("=");
      expect(await read(query)).toMatchObject({ status: 400, body: { error: expect.stringContaining(name) } });
    },
  );

  test("one with a changed cursor is not served from elsewhere", async () => {
    const { cursor } = await read("?from=earliest&limit=1");
    const at = Math.floor(cursor.length / 2);
    const changed = `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`;
    expect((await read(`?cursor=${changed}`)).status).toBe(400);
    expect((await read(`?cursor=${"A".repeat(20_000)}`)).status).toBeGreaterThanOrEqual(400);
  });
});
