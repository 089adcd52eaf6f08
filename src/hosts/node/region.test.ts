import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminToken, call, type Gateway, shopSecret, World } from "./test-support/world.ts";

describe("one region", () => {
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    await world.deploy();
    east = world.gateway("east");
  });
  afterAll(() => world.end());

  const faults = async (): Promise<readonly { id: string; reason: string; payload: unknown; identity: string }[]> => {
    const { body } = await east.admin("GET", "/admin/faults?connector=orders-in");
    return (body as { entries: [] }).entries;
  };

  test("a message becomes an event, and the event reaches the partner with its trace", async () => {
    await expect.poll(async () => (await east.give("m-1", { order: "o-1" })).status, { timeout: 20_000 }).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 20_000 }).toEqual(["o-1"]);
    const [taken] = world.warehouse.taken;
    expect(taken?.headers.traceparent).toBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    await expect.poll(() => east.counts("orders-out")).toMatchObject({ accepted: 1, delivered: 1, pending: 0 });
  });

  test("the hub has the event with all its attributes", async () => {
    const { body } = await call(`${east.publicUrl}/hub/events`, "GET", {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    expect(body).toMatchObject({
      events: [
        {
          id: "m-1",
          source: "/shop/orders-in",
          type: "order.placed",
          partitionkey: "o-1",
          correlationid: "m-1",
          causationid: "m-1",
          isthmusorigin: "shop",
          data: { order: "o-1", note: "first version" },
        },
      ],
    });
  });

  test("a message given again is answered as the first was, and not sent again", async () => {
    expect((await east.give("m-1", { order: "o-1" })).status).toBe(202);
    expect((await east.give("m-2", { order: "o-2" })).status).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 10_000 }).toEqual(["o-1", "o-2"]);
    expect(await east.counts("orders-in")).toMatchObject({ accepted: 2, conflicts: 0 });
  });

  test("other content under a known identity is listed as a conflict", async () => {
    expect((await east.give("m-2", { order: "o-other" })).status).toBe(202);
    const { body } = await east.admin("GET", "/admin/faults?what=conflict");
    expect(body).toMatchObject({ entries: [{ connector: "orders-in", id: "m-2" }] });
  });

  test("a message that translates to nothing is ignored", async () => {
    await east.give("m-3", { order: "o-3", does: "nothing" });
    await expect.poll(() => east.counts("orders-in")).toMatchObject({ ignored: 1, pending: 0 });
  });

  test.each([
    ["throws", "throw", "no such article"],
    ["returns a promise", "promise", /returned a promise/],
    ["never returns", "hang", "translation did not return within 1s"],
  ])("a translation that %s is a fault, and others go on", async (_what, does, reason) => {
    await east.give(`bad-${does}`, { order: `o-${does}`, does });
    await east.give(`after-${does}`, { order: `after-${does}` });
    await expect.poll(() => world.warehouse.orders, { timeout: 15_000 }).toContain(`after-${does}`);
    await expect.poll(async () => (await faults()).map(({ id }) => id), { timeout: 15_000 }).toContain(`bad-${does}`);
    const fault = (await faults()).find(({ id }) => id === `bad-${does}`);
    expect(fault?.reason).toMatch(reason);
    // The definition calls the order personal.
    expect(JSON.stringify(fault?.payload)).not.toContain(`o-${does}`);
  });

  test("a message that is not as its schema says is accepted and a fault that names the field", async () => {
    expect((await east.give("m-odd", { order: 7 })).status).toBe(202);
    await expect.poll(async () => (await faults()).find(({ id }) => id === "m-odd")?.reason).toMatch(/order/);
  });

  test("what was mended is resubmitted and goes out; the process is the same", async () => {
    const before = await east.admin("GET", "/admin/info");
    const deployed = await east.deploy("orders-in", "orders-in", { secrets: { shop: [shopSecret] } }, [
      'does === "throw"',
      "false",
    ]);
    expect(deployed.status).toBe(200);
    const identity = (await faults()).find(({ id }) => id === "bad-throw")?.identity;
    const body = { connector: "orders-in", identities: [identity], person: "ann", reason: "mended" };
    expect((await east.admin("POST", "/admin/faults/resubmit", body)).body).toMatchObject({
      results: [{ kind: "done" }],
    });
    await expect.poll(() => world.warehouse.orders, { timeout: 10_000 }).toContain("o-throw");
    expect((await east.admin("GET", "/admin/info")).body).toEqual(before.body);
  });

  test("an entry is found by its id, with what became of it", async () => {
    const { body } = await east.admin("GET", "/admin/where/m-1");
    expect(body).toMatchObject({
      entries: [
        { connector: "orders-out", outcome: "delivered" },
        { connector: "orders-in", outcome: "delivered" },
      ],
    });
  });

  test("givers who do something wrong are told, and nothing is stored", async () => {
    const before = await east.counts("orders-in");
    const post = (path: string, init: RequestInit) => call(`${east.publicUrl}${path}`, "POST", init);
    expect((await post("/nobody", { body: "{}" })).status).toBe(404);
    expect((await call(`${east.publicUrl}/orders-in`, "GET", {})).status).toBe(405);
    expect((await post("/orders-in", { body: "{}" })).status).toBe(401);
    expect((await post("/orders-in", { body: "x".repeat(100_001) })).status).toBe(413);
    expect((await post("/orders-in", { body: "x".repeat(5_000_000) })).status).toBe(413);
    expect((await post("/hub/events", { body: "{}" })).status).toBe(401);
    expect(await east.counts("orders-in")).toEqual(before);
  });

  test("a wrong token opens nothing", async () => {
    for (const path of ["/admin/status", "/metrics", "/admin/connectors"]) {
      expect((await east.admin("GET", path, undefined, "wrong")).status, path).toBe(401);
    }
    expect((await east.admin("POST", "/peer/vote", {})).status).toBe(401);
    expect((await east.admin("POST", "/admin/stop", {}, "")).status).toBe(401);
  });

  test("health is well both ways, and leaves no mark in counters and lists", async () => {
    for (const kind of ["accept", "act"]) {
      expect((await call(`${east.publicUrl}/health/${kind}`, "GET", {})).status, kind).toBe(200);
    }
    const { body } = await east.admin("GET", "/admin/status");
    expect(Object.keys((body as { connectors: object }).connectors).sort()).toEqual(["orders-in", "orders-out"]);
    expect((await east.admin("GET", "/metrics")).body).not.toContain("isthmus:health");
  });

  test("metrics count what was accepted, delivered and settled, and show the lease", async () => {
    const { body } = await east.admin("GET", "/metrics");
    expect(body).toMatch(/isthmus_accepted_total\{[^}]*connector="orders-in"[^}]*\} \d+/);
    expect(body).toMatch(/isthmus_settled_total\{[^}]*outcome="delivered"[^}]*\} \d+/);
    expect(body).toMatch(/isthmus_delivery_duration_[a-z_]*bucket\{/);
    expect(body).toMatch(/isthmus_lease_epoch\{[^}]*duty="east"[^}]*\} [1-9]/);
    expect(body).toMatch(/isthmus_breaker_open\{[^}]*site="warehouse\/main"[^}]*\} 0/);
  });

  test("no secret and no payload is logged, and secrets lie in a file of the owner's", () => {
    expect(east.log).not.toContain(shopSecret);
    expect(east.log).not.toContain("o-throw");
    expect(readFileSync(join(east.config.stateDir, "secrets.json"), "utf8")).toContain(shopSecret);
  });
});
