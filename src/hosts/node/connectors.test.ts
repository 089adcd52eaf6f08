import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminToken, bundleOf, call, type Gateway, shopSecret, World } from "./test-support/world.ts";

describe("connectors of a running region", () => {
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    await world.deploy();
    east = world.gateway("east");
  });
  afterAll(() => world.end());

  const secrets = { shop: [shopSecret] };
  const replaced = (note: string) => east.deploy("orders-in", "orders-in", { secrets }, ["first version", note]);

  test("one is replaced while messages come in, and none is lost or sent twice", async () => {
    const ids: string[] = [];
    const notes = () => new Set(world.warehouse.taken.map(({ body }) => body.note));
    const giving = (async () => {
      while (notes().size < 2) {
        ids.push(`t-${ids.length}`);
        const id = ids.at(-1) ?? "";
        expect((await east.give(id, { order: id })).status).toBe(202);
      }
    })();
    await expect.poll(() => world.warehouse.taken.length, { timeout: 20_000 }).toBeGreaterThan(10);
    expect((await replaced("second version")).status).toBe(200);
    await giving;
    await expect.poll(() => world.warehouse.taken.length, { timeout: 20_000 }).toBe(ids.length);
    expect(new Set(world.warehouse.orders)).toEqual(new Set(ids));
  });

  test.each([
    ["whose digest is another's", { ...bundleOf("orders-in"), digest: "0".repeat(64) }, /SHA-256/],
    ["that does not run", { bundle: "throw new Error('half a file')" }, /half a file/],
    ["that is no definition", { bundle: "export default 1" }, /not a definition/],
    ["without its setting", bundleOf("orders-out"), /warehouse/],
    ["of another role", bundleOf("orders-feed"), /role 'receive'.*'feed'.*another name/],
  ])("a bundle %s is refused with the reason, and the former goes on", async (_what, given, reason) => {
    const { createHash } = await import("node:crypto");
    const digest = createHash("sha256").update(given.bundle).digest("hex");
    const answer = await east.admin("PUT", "/admin/connectors/orders-in", { digest, ...given });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toMatch(reason);
    expect((await east.give(`still-${digest.slice(0, 8)}`, { order: "still" })).status).toBe(202);
  });

  test("events come from the hub by whoever may publish, but never back to the partner they came from", async () => {
    const event = { specversion: "1.0", type: "order.placed", source: "/erp", time: "2026-01-01T00:00:00Z" };
    const batch = [
      { ...event, id: "e-1", data: { order: "from-erp", note: "n" } },
      { ...event, id: "e-2", isthmusorigin: "shop,warehouse", data: { order: "their-own", note: "n" } },
      { ...event, id: "e-3", data: { order: "after", note: "n" } },
    ];
    const answer = await call(`${east.publicUrl}/hub/events`, "POST", {
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify(batch),
    });
    expect(answer.status).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 10_000 }).toContain("after");
    expect(world.warehouse.orders).toContain("from-erp");
    expect(world.warehouse.orders).not.toContain("their-own");
  });

  test("a publication that is no CloudEvent is refused with the attribute", async () => {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/cloudevents+json" };
    const answer = await call(`${east.publicUrl}/hub/events`, "POST", { headers, body: '{"id":"x"}' });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("type") } });
  });

  test("a restarted process has its connectors, their secrets and their place in the hub", async () => {
    world.warehouse.status = 500;
    expect((await east.give("before", { order: "before" })).status).toBe(202);
    await expect.poll(() => east.counts("orders-out"), { timeout: 10_000 }).toMatchObject({ pending: 1 });
    await east.end("SIGKILL");
    expect(await east.start(), east.log).toBeNull();
    world.warehouse.status = 200;
    await expect.poll(async () => (await east.give("later", { order: "later" })).status, { timeout: 20_000 }).toBe(202);
    await expect
      .poll(() => world.warehouse.orders, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(["before", "later"]));
    const sent = world.warehouse.orders;
    expect(sent.filter((order) => order === "later")).toEqual(["later"]);
    for (const file of ["secrets.json", "connectors.json", "config.json"]) {
      expect(statSync(join(east.config.stateDir, file)).mode & 0o077, file).toBe(0);
    }
  });

  test("one that drains accepts nothing more and sends what it has; deployed again it accepts", async () => {
    expect((await east.admin("POST", "/admin/connectors/orders-in/drain")).status).toBe(202);
    const answer = await east.give("drained", { order: "drained" });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await replaced("third version")).status).toBe(200);
    expect((await east.give("drained", { order: "drained" })).status).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 10_000 }).toContain("drained");
  });

  test("one that holds entries is not removed, unless they are to be discarded", async () => {
    await expect.poll(() => east.counts("orders-out"), { timeout: 10_000 }).toMatchObject({ pending: 0 });
    world.warehouse.status = 500;
    expect((await east.give("kept", { order: "kept" })).status).toBe(202);
    await expect.poll(() => east.counts("orders-out"), { timeout: 10_000 }).toMatchObject({ pending: 1 });
    const refused = await east.admin("DELETE", "/admin/connectors/orders-out");
    expect(refused).toMatchObject({ status: 409, body: { counts: { pending: 1, faulted: 0, unknown: 0 } } });
    expect(await east.admin("DELETE", "/admin/connectors/orders-out?discard=true")).toMatchObject({ status: 200 });
    expect((await east.admin("GET", "/admin/connectors/orders-out")).status).toBe(404);
    world.warehouse.status = 200;
    await world.deploy();
    expect(await east.counts("orders-out")).toMatchObject({ pending: 0, discarded: 1 });
    expect((await east.give("fresh", { order: "fresh" })).status).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 10_000 }).toContain("fresh");
    expect(world.warehouse.orders).not.toContain("kept");
  });

  test("bundles that nobody uses are taken away with their connector", async () => {
    const digest = ((await east.admin("GET", "/admin/connectors/orders-in")).body as { digest: string }).digest;
    expect(existsSync(join(east.config.stateDir, "bundles", `${digest}.mjs`))).toBe(true);
    await expect.poll(() => east.counts("orders-in")).toMatchObject({ pending: 0, faulted: 0 });
    expect((await east.admin("DELETE", "/admin/connectors/orders-in")).status).toBe(200);
    expect(readdirSync(join(east.config.stateDir, "bundles"))).not.toContain(`${digest}.mjs`);
    expect((await east.give("gone", { order: "gone" })).status).toBe(404);
  });
});
