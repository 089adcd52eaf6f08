// A region that comes back with a backlog. `npm run bench -- --only recovery` does the same with a million entries.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillBacklog } from "../../bench/backlog.ts";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { patience, publishEvents } from "./office.ts";

const count = 20_000;
const keys = 500;

const event = (index: number) => ({
  specversion: "1.0",
  id: `b-${index}`,
  source: "/clerk",
  type: "order.placed",
  time: "2026-01-01T00:00:00Z",
  partitionkey: `key-${index % keys}`,
  // The definition's key is the order.
  data: { order: `key-${index % keys}`, note: String(index) },
});

describe("a region with 20,000 open entries", { timeout: 180_000 }, () => {
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    await world.deploy();
    east = world.gateway("east");
  });
  afterAll(() => world.end());

  test("that comes back sends each of them once, in the order of its key, and what comes meanwhile after them", async () => {
    expect((await publishEvents(east, [event(0)])).status).toBe(202);
    // Killed between the partner's answer and the outcome's record, it would rightly send this one again.
    await expect.poll(() => east.counts("orders-out"), patience).toMatchObject({ delivered: 1, pending: 0 });
    await east.end("SIGKILL");
    await fillBacklog(east.config.stateDir, "east", "orders-out", count, (index) => event(index + 1));
    expect(await east.start(), east.log).toBeNull();
    await expect.poll(() => world.warehouse.taken.length, patience).toBeGreaterThan(1);
    expect((await publishEvents(east, [event(count + 1)])).status).toBe(202);
    await expect.poll(() => world.warehouse.taken.length, { timeout: 150_000 }).toBe(count + 2);
    const last = new Map<string, number>();
    for (const { body } of world.warehouse.taken) {
      const number = Number(body.note);
      expect(number).toBeGreaterThan(last.get(body.order) ?? -1);
      last.set(body.order, number);
    }
    await expect.poll(() => east.counts("orders-out"), patience).toMatchObject({ delivered: count + 2, pending: 0 });
  });
});
