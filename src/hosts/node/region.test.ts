import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { World } from "./test-support/world.ts";

describe("one region, from giver to taker", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    await world.deploy();
  });
  afterAll(() => world.end());

  test("a message becomes an event, and the event reaches the partner", async () => {
    const east = world.gateway("east");
    await expect.poll(async () => (await east.give("m-1", { order: "o-1" })).status, { timeout: 20_000 }).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 20_000 }).toEqual(["o-1"]);
    const [taken] = world.warehouse.taken;
    expect(taken?.headers.traceparent).toBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    await expect.poll(() => east.counts("orders-out")).toMatchObject({ accepted: 1, delivered: 1, pending: 0 });
  });
});
