import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, World } from "./test-support/world.ts";

interface Status {
  readonly body: { readonly duties: readonly { readonly region: string; readonly holder: string | null }[] };
}

describe("two regions and a witness", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.make(["east", "west"]);
    await world.start();
    await world.deploy();
  });
  afterAll(() => world.end());

  const holders = async (gateway: Gateway): Promise<Record<string, string | null>> => {
    const { body } = (await gateway.admin("GET", "/admin/status")) as unknown as Status;
    return Object.fromEntries(body.duties.map(({ region, holder }) => [region, holder]));
  };
  const give = async (gateway: Gateway, id: string): Promise<void> => {
    await expect.poll(async () => (await gateway.give(id, { order: id })).status, { timeout: 20_000 }).toBe(202);
  };

  test("each acts for its own journals, and both know it", async () => {
    for (const name of ["east", "west"]) {
      await expect
        .poll(() => holders(world.gateway(name)), { timeout: 20_000 })
        .toEqual({ east: "east", west: "west" });
    }
  });

  test("what both accept reaches the partner, once", async () => {
    await give(world.gateway("east"), "e-1");
    await give(world.gateway("west"), "w-1");
    await expect.poll(() => [...world.warehouse.orders].sort(), { timeout: 15_000 }).toEqual(["e-1", "w-1"]);
  });

  test("a killed region's entries are sent by the other, and it takes its duties back when it returns", async () => {
    const [east, west] = [world.gateway("east"), world.gateway("west")];
    world.warehouse.status = 503;
    await give(east, "e-2");
    await expect.poll(() => west.counts("orders-out"), { timeout: 15_000 }).toMatchObject({ pending: 1 });
    await east.end("SIGKILL");
    await expect.poll(() => holders(west), { timeout: 30_000 }).toMatchObject({ east: "west" });
    world.warehouse.status = 200;
    await expect.poll(() => world.warehouse.orders, { timeout: 30_000 }).toContain("e-2");
    expect(await east.start(), east.log).toBeNull();
    await expect.poll(() => holders(east), { timeout: 30_000 }).toEqual({ east: "east", west: "west" });
    await give(east, "e-3");
    await expect.poll(() => world.warehouse.orders, { timeout: 15_000 }).toContain("e-3");
    expect(world.warehouse.orders.filter((order) => order === "e-2")).toEqual(["e-2"]);
  });

  test("a region that is asked to stop hands its duty over before it ends", async () => {
    const [east, west] = [world.gateway("east"), world.gateway("west")];
    expect(await east.end("SIGTERM")).toBe(0);
    await expect.poll(() => holders(west), { timeout: 15_000 }).toEqual({ east: "west", west: "west" });
    await give(west, "w-2");
    await expect.poll(() => world.warehouse.orders, { timeout: 15_000 }).toContain("w-2");
    expect(await east.start(), east.log).toBeNull();
    await expect.poll(() => holders(east), { timeout: 30_000 }).toEqual({ east: "east", west: "west" });
  });

  test("a frozen region that wakes sends nothing that the other has sent", async () => {
    const [east, west] = [world.gateway("east"), world.gateway("west")];
    world.warehouse.status = 503;
    for (const id of ["z-1", "z-2", "z-3"]) await give(east, id);
    await expect.poll(() => west.counts("orders-out"), { timeout: 15_000 }).toMatchObject({ pending: 3 });
    east.signal("SIGSTOP");
    await expect.poll(() => holders(west), { timeout: 30_000 }).toMatchObject({ east: "west" });
    world.warehouse.status = 200;
    const frozen = () => world.warehouse.orders.filter((order) => order.startsWith("z-"));
    await expect.poll(() => frozen().sort(), { timeout: 30_000 }).toEqual(["z-1", "z-2", "z-3"]);
    east.signal("SIGCONT");
    await expect.poll(() => holders(east), { timeout: 30_000 }).toEqual({ east: "east", west: "west" });
    await give(east, "awake");
    await expect.poll(() => world.warehouse.orders, { timeout: 15_000 }).toContain("awake");
    expect(frozen().sort()).toEqual(["z-1", "z-2", "z-3"]);
  });
});
