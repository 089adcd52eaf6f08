import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Market } from "./test-support/market.ts";
import { type Gateway, shopSecret, World } from "./test-support/world.ts";

const patience = { timeout: 30_000 };

describe("a partner that is read", () => {
  const market = new Market();
  let world: World;
  beforeAll(async () => {
    await market.open();
    world = await World.make(["east", "west"], [market.address]);
    await world.start();
    const settings = { market: `http://${market.address}` };
    for (const gateway of regions()) {
      const answers = [
        await gateway.deploy("orders-out", "orders-out", {
          settings: { warehouse: `http://${world.warehouse.address}` },
        }),
        await gateway.deploy("orders-poll", "orders-poll", { settings }),
      ];
      for (const answer of answers) expect(answer, gateway.log).toMatchObject({ status: 200 });
    }
  });
  afterAll(async () => {
    await world.end();
    market.close();
  });

  const regions = (): readonly Gateway[] => ["east", "west"].map((name) => world.gateway(name));
  /** The last read says whose duty it was, and under which lease. */
  const duty = (): { readonly home: string; readonly epoch: number } => {
    const [, home = "nobody", epoch] =
      /^(\w+);epoch=(\d+)$/.exec(String(market.reads.at(-1)?.headers["isthmus-duty"])) ?? [];
    return { home, epoch: Number(epoch) };
  };
  const sorted = () => [...world.warehouse.orders].sort();

  test("what it has is published once, page by page, and what it gets later too", async () => {
    market.place("o-1", "o-2", "o-3", "o-4", "o-5", "o-6", "o-7");
    await expect.poll(sorted, patience).toEqual(["o-1", "o-2", "o-3", "o-4", "o-5", "o-6", "o-7"]);
    market.place("o-8");
    await expect.poll(sorted, patience).toContain("o-8");
    expect(world.warehouse.orders).toHaveLength(8);
  });

  test("one region reads at a time, and goes on from its cursor", async () => {
    const before = market.reads.length;
    await expect.poll(() => market.reads.length, patience).toBeGreaterThan(before + 5);
    const later = market.reads.slice(before);
    expect(new Set(later.map(({ headers }) => headers["isthmus-duty"])).size).toBe(1);
    expect(new Set(later.map(({ after }) => after))).toEqual(new Set([8]));
  });

  test("an item that tells no identity is a fault that says so, and the others go on", async () => {
    market.items.push({ number: 9 });
    market.place("o-10");
    await expect.poll(sorted, patience).toContain("o-10");
    const entries = async () => {
      const { body } = await world.gateway("east").admin("GET", "/admin/faults");
      return (body as { entries: { connector: string; reason: string }[] }).entries;
    };
    await expect.poll(entries, patience).toMatchObject([{ connector: "orders-poll", reason: /identity/ }]);
  });

  test("an order is found by its id, with personal fields masked", async () => {
    const found = async () => (await world.gateway(duty().home).admin("GET", "/admin/where/o-1")).body;
    await expect.poll(found, patience).toMatchObject({
      entries: expect.arrayContaining([expect.objectContaining({ connector: "orders-poll", outcome: "delivered" })]),
    });
    const { entries } = (await found()) as { entries: { connector: string; payload: unknown }[] };
    const polled = entries.find(({ connector }) => connector === "orders-poll");
    expect(JSON.stringify(polled?.payload)).toContain("***");
    expect(JSON.stringify(polled?.payload)).not.toContain("o-1");
  });

  test("nobody may call it", async () => {
    const { publicUrl } = world.gateway("east");
    expect((await fetch(`${publicUrl}/orders-poll`)).status).toBe(404);
    expect((await fetch(`${publicUrl}/orders-poll`, { method: "POST", body: "{}" })).status).toBe(404);
  });

  test("when the region that reads is killed the other reads on, and nothing is missed or done twice", async () => {
    const before = duty();
    const lost = world.gateway(before.home);
    await lost.end("SIGKILL");
    market.place("o-11", "o-12");
    await expect.poll(sorted, patience).toEqual(expect.arrayContaining(["o-11", "o-12"]));
    expect(duty().epoch).toBeGreaterThan(before.epoch);
    expect(new Set(world.warehouse.orders).size).toBe(world.warehouse.orders.length);
    expect(await lost.start(), lost.log).toBeNull();
  });

  test("a connector that is drained reads nothing more, and one that is removed neither", async () => {
    await expect
      .poll(async () => (await fetch(`${world.gateway("east").publicUrl}/health/act`)).status, patience)
      .toBe(200);
    for (const gateway of regions()) await gateway.admin("POST", "/admin/connectors/orders-poll/drain");
    const counts = () => Promise.all(regions().map((gateway) => gateway.counts("orders-poll")));
    await expect.poll(counts, patience).toMatchObject([{ pending: 0 }, { pending: 0 }]);
    const after = market.reads.length;
    market.place("o-13");
    for (const gateway of regions()) {
      const answer = await gateway.admin("DELETE", "/admin/connectors/orders-poll?discard=true");
      expect(answer.status).toBe(200);
    }
    expect(market.reads.length - after).toBeLessThanOrEqual(1);
    expect(world.warehouse.orders).not.toContain("o-13");
  });
});

describe("a partner that sends, and is read for what it forgot to send", () => {
  const market = new Market();
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    await market.open();
    world = await World.make(["east"], [market.address]);
    await world.start();
    east = world.gateway("east");
    const settings = { market: `http://${market.address}`, warehouse: `http://${world.warehouse.address}` };
    const secrets = { shop: [shopSecret] };
    for (const file of ["orders-out", "orders-reconciled"]) {
      expect(await east.deploy(file, file, { settings, secrets }), east.log).toMatchObject({ status: 200 });
    }
  });
  afterAll(async () => {
    await world.end();
    market.close();
  });

  test("what came both ways is published once, what it forgot too", async () => {
    await expect
      .poll(async () => (await east.give("a", { order: "r-1" }, "orders-reconciled")).status, patience)
      .toBe(202);
    market.place("r-1", "r-2");
    await expect.poll(() => world.warehouse.orders, patience).toContain("r-2");
    expect((await east.give("b", { order: "r-2" }, "orders-reconciled")).status).toBe(202);
    market.place("r-3");
    await expect.poll(() => world.warehouse.orders, patience).toContain("r-3");
    expect([...world.warehouse.orders].sort()).toEqual(["r-1", "r-2", "r-3"]);
    expect(await east.counts("orders-reconciled")).toMatchObject({ accepted: 3, conflicts: 0 });
  });
});
