import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, shopSecret, World } from "./test-support/world.ts";

/** Room for a few entries of these tests. */
const small = ['ordering: "key"', 'ordering: "key", hold: { capacity: "2KB" }'] as const;

describe("a connector that holds", () => {
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    await world.deploy();
    east = world.gateway("east");
  });
  afterAll(() => world.end());

  test("while paused it accepts up to its capacity, then answers 503 and when to come again; deployed on, all goes out", async () => {
    const secrets = { shop: [shopSecret] };
    expect(await east.deploy("orders-in", "orders-in", { secrets, paused: true }, small)).toMatchObject({
      status: 200,
    });
    const accepted: string[] = [];
    let refused: { readonly status: number; readonly headers: Headers; readonly body: unknown } | null = null;
    while (refused === null && accepted.length < 100) {
      const id = `p-${accepted.length}`;
      const answer = await east.give(id, { order: id });
      if (answer.status === 202) accepted.push(id);
      else refused = answer;
    }
    expect(refused).toMatchObject({ status: 503, body: { error: "capacity" } });
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await east.counts("orders-in")).toMatchObject({ pending: accepted.length });
    // What it has it still answers as it did first.
    expect((await east.give("p-0", { order: "p-0" })).status).toBe(202);
    expect(world.warehouse.orders).toEqual([]);
    await east.deploy("orders-in", "orders-in", { secrets });
    await expect.poll(() => world.warehouse.orders, { timeout: 20_000 }).toEqual(accepted);
  });

  test("towards a partner that is down it holds its capacity, the hub keeps the rest, and all arrives in order per key", async () => {
    const settings = { warehouse: `http://${world.warehouse.address}` };
    await east.deploy("orders-out", "orders-out", { settings }, small);
    world.warehouse.taken.length = 0;
    world.warehouse.status = 503;
    const ids = Array.from({ length: 40 }, (_, at) => `h-${at}`);
    const give = async (some: readonly string[]): Promise<void> => {
      for (const id of some) expect((await east.give(id, { order: "one key" })).status).toBe(202);
      await expect.poll(() => east.counts("orders-in"), { timeout: 15_000 }).toMatchObject({ pending: 0 });
    };
    // More than fits: whatever comes after stays in the hub.
    await give(ids.slice(0, 15));
    await expect.poll(async () => (await east.counts("orders-out")).pending, { timeout: 15_000 }).toBeGreaterThan(5);
    await give(ids.slice(15));
    expect((await east.counts("orders-out")).pending).toBeLessThan(16);
    world.warehouse.status = 200;
    const identities = () => world.warehouse.taken.map(({ id }) => id.split(" ").at(-1));
    await expect.poll(identities, { timeout: 40_000 }).toEqual(ids.map((id) => expect.stringContaining(id)));
  });
});
