// Real gateway processes as the plan configures them, while a region is added and removed under load that never rests.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WITNESS } from "../../connectors/platforms/local/plan.ts";
import { freeBasePort } from "./clone.ts";
import { Environment } from "./environment.ts";
import { Giver, Placer, Reader } from "./load.ts";

const two = ["east", "west"];
const three = [...two, "north"];

describe("two regions and a witness carry events", { timeout: 120_000 }, () => {
  let environment: Environment;
  let giver: Giver;
  let placer: Placer;
  let readers: readonly Reader[];
  beforeAll(async () => {
    environment = new Environment(await freeBasePort());
    await environment.open();
    const site = environment.site(1, two);
    await Promise.all([WITNESS, ...two].map((name) => environment.deploy(site, name)));
    for (const region of two) await environment.addConnectors(region);
    giver = new Giver(environment, two);
    placer = new Placer(environment);
    readers = [new Reader(environment, "claims", two), new Reader(environment, "audit", two)];
    for (const each of [giver, placer, ...readers]) each.start();
  });
  afterAll(() => environment.end());

  test("while north is added, and what is given to north arrives", async () => {
    await environment.takes("o-0");
    const changing = environment.site(2, three, two);
    await environment.deploy(changing, WITNESS);
    for (const region of two) await environment.step(changing, region);
    await environment.step(changing, "north");
    await environment.addConnectors("north");
    const settled = environment.site(3, three);
    for (const region of three) await environment.step(settled, region);
    await environment.remove(settled, WITNESS);
    for (const each of [giver, ...readers]) each.to(three);
    const given = async () => (await environment.gateway("north").give("n-1", { order: "n-1" })).status;
    await expect.poll(given, { timeout: 20_000 }).toBe(202);
    await environment.takes("n-1");
    await environment.reads("north");
    for (const region of three) {
      const held = (await environment.duties(region)).map((duty) => [duty.region, duty.holder]);
      expect(Object.fromEntries(held)).toEqual({ east: "east", west: "west", north: "north" });
    }
  });

  test("while north is removed again, and nothing acknowledged is lost", async () => {
    const changing = environment.site(4, two, three);
    await environment.deploy(changing, WITNESS);
    for (const region of three) await environment.step(changing, region);
    for (const each of [giver, ...readers]) each.to(two);
    environment.warehouse.status = 503;
    const north = environment.gateway("north");
    const second = async () => (await north.give("n-2", { order: "n-2" })).status;
    await expect.poll(second, { timeout: 20_000 }).toBe(202);
    const where = async () => (await north.admin("GET", "/admin/where/n-2")).body;
    const onItsWay = { connector: "orders-out", outcome: null };
    await expect
      .poll(where, { timeout: 10_000 })
      .toMatchObject({ entries: expect.arrayContaining([expect.objectContaining(onItsWay)]) });
    expect((await north.admin("DELETE", "/admin/connectors/orders-out")).status).toBe(409);
    environment.warehouse.status = 200;
    await environment.takes("n-2");
    for (const name of ["market-poll", "orders-in"]) await environment.removeConnector("north", name);
    await north.admin("POST", "/admin/connectors/orders-out/drain");
    // What others accepted is in their hands, and does not keep north; what north polled has to go out before.
    const removed = async () => {
      environment.warehouse.status = 503;
      await vi.waitUntil(async () => ((await north.counts("orders-out")).pending ?? 0) > 0, { timeout: 10_000 });
      const { status } = await north.admin("DELETE", "/admin/connectors/orders-out");
      environment.warehouse.status = 200;
      return status;
    };
    await expect.poll(removed, { timeout: 20_000 }).toBe(200);
    await environment.removeConnector("north", "orders-feed");
    await environment.remove(changing, "north");
    const settled = environment.site(5, two);
    for (const region of two) await environment.step(settled, region);
    await environment.deploy(settled, WITNESS);
    await environment.reads("west");
    for (const load of [giver.acknowledged, placer.placed]) {
      const before = load.length;
      await expect.poll(() => load.length, { timeout: 20_000 }).toBeGreaterThan(before + 10);
    }
    await Promise.all([giver.stop(), placer.stop()]);
    const all = [...giver.acknowledged, ...placer.placed];
    const missing = (has: readonly string[]) => all.filter((order) => !has.includes(order));
    await expect.poll(() => missing(environment.warehouse.orders), { timeout: 20_000 }).toEqual([]);
    for (const { ids } of readers) await expect.poll(() => missing(ids), { timeout: 20_000 }).toEqual([]);
    await Promise.all(readers.map((reader) => reader.stop()));
    expect(environment.warehouse.orders).toEqual(expect.arrayContaining(["n-1", "n-2"]));
  });
});

describe("a region that is lost for good", { timeout: 60_000 }, () => {
  let environment: Environment;
  beforeAll(async () => {
    environment = new Environment(await freeBasePort());
    await environment.open();
    const site = environment.site(1, ["east", "north"]);
    await Promise.all([WITNESS, "east", "north"].map((name) => environment.deploy(site, name)));
    for (const region of ["east", "north"]) await environment.addConnectors(region);
  });
  afterAll(() => environment.end());

  test("is taken out, and what it accepted is still delivered by those that stay", async () => {
    environment.warehouse.status = 503;
    const given = () => environment.gateway("north").give("n-1", { order: "n-1" });
    await expect.poll(async () => (await given()).status, { timeout: 20_000 }).toBe(202);
    const known = async () => (await environment.gateway("east").counts("orders-out")).pending;
    await expect.poll(known, { timeout: 20_000 }).toBe(1);
    const changing = environment.site(2, ["east"], ["east", "north"]);
    await environment.lose(changing, "north");
    await environment.deploy(changing, WITNESS);
    await environment.step(changing, "east");
    const settled = environment.site(3, ["east"]);
    await environment.step(settled, "east");
    await environment.remove(settled, WITNESS);
    environment.warehouse.status = 200;
    await environment.takes("n-1");
    expect(environment.warehouse.orders).toEqual(["n-1"]);
    expect(await environment.duties("east")).toContainEqual(
      expect.objectContaining({ region: "north", state: "acting", holder: "east", generation: 3 }),
    );
  });
});
