import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import { type Gateway, World } from "./test-support/world.ts";

let world: World;
afterEach(() => world.end());

const one = async (): Promise<Gateway> => {
  world = await World.make(["east"]);
  return world.gateway("east");
};
const accepted = async (east: Gateway, id: string): Promise<void> => {
  await expect.poll(async () => (await east.give(id, { order: id })).status, { timeout: 20_000 }).toBe(202);
};

test.each(["publicPort", "adminPort"] as const)("a taken %s is named, and the process ends", async (which) => {
  const east = await one();
  const taken = createServer().listen(east.config[which], "127.0.0.1");
  expect(await east.start()).toBe(1);
  expect(east.log).toContain(`port ${east.config[which]} on 127.0.0.1 is taken`);
  taken.close();
});

test("a second process on one state folder ends, and names the first", async () => {
  const east = await one();
  expect(await east.start(), east.log).toBeNull();
  const other = await World.make(["east"]);
  const second = other.gateway("east");
  second.config.stateDir = east.config.stateDir;
  expect(await second.start()).toBe(1);
  expect(second.log).toContain(`is in use by process ${east.pid}`);
  await other.end();
});

test("a state folder of another version is not touched", async () => {
  const east = await one();
  expect(await east.start(), east.log).toBeNull();
  await east.end("SIGTERM");
  const file = readdirSync(east.config.stateDir).find((name) => name.startsWith("journal") && name.endsWith(".sqlite"));
  const database = new DatabaseSync(join(east.config.stateDir, file ?? ""));
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(await east.start()).toBe(1);
  expect(east.log).toMatch(/holds state of version 99, and this Isthmus reads version \d/);
});

test("a configuration that is wrong is refused by field, and no token is shown", async () => {
  const east = await one();
  Object.assign(east.config, { adminPort: "seven", colour: "blue" });
  expect(await east.start()).toBe(1);
  expect(east.log).toMatch(/adminPort: .*\n.*colour/);
  expect(east.log).not.toContain("admin-token-of-the-tests");
});

test("a process that is killed while it accepts loses nothing that it acknowledged", async () => {
  const east = await one();
  expect(await east.start(), east.log).toBeNull();
  await world.deploy();
  await accepted(east, "first");
  const acknowledged = ["first"];
  const giving = Promise.allSettled(
    Array.from({ length: 400 }, async (_, at) => {
      const id = `k-${at}`;
      if ((await east.give(id, { order: id })).status === 202) acknowledged.push(id);
    }),
  );
  await expect.poll(() => acknowledged.length, { interval: 5 }).toBeGreaterThan(100);
  await east.end("SIGKILL");
  await giving;
  expect(await east.start(), east.log).toBeNull();
  await expect
    .poll(() => acknowledged.filter((id) => !world.warehouse.orders.includes(id)), { timeout: 20_000 })
    .toEqual([]);
});

test("asked to stop, a process answers what is open, sends nothing more, and ends well", async () => {
  const east = await one();
  expect(await east.start(), east.log).toBeNull();
  await world.deploy();
  await accepted(east, "first");
  const answers = Promise.allSettled(Array.from({ length: 50 }, (_, at) => east.give(`s-${at}`, { order: `s-${at}` })));
  expect(await east.end("SIGTERM")).toBe(0);
  const statuses = (await answers).map((each) => (each.status === "fulfilled" ? each.value.status : 0));
  const given = statuses.filter((status) => status === 202).length;
  expect(await east.start(), east.log).toBeNull();
  await expect.poll(() => new Set(world.warehouse.orders).size, { timeout: 20_000 }).toBeGreaterThanOrEqual(given + 1);
  expect(world.warehouse.orders.length).toBe(new Set(world.warehouse.orders).size);
});

const isRoot = process.getuid?.() === 0;
test.runIf(isRoot)(
  "a full disk refuses and loses nothing, and when there is space again the region goes on",
  async () => {
    const east = await one();
    const { stateDir } = east.config;
    mkdirSync(stateDir, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", stateDir]);
    try {
      expect(await east.start(), east.log).toBeNull();
      await world.deploy();
      await accepted(east, "first");
      await expect.poll(() => world.warehouse.orders, { timeout: 10_000 }).toEqual(["first"]);
      const ballast = join(stateDir, "ballast");
      // Up to the last byte, whatever the region itself still takes.
      for (let size = 16_000_000; size >= 512; size = Math.floor(size / 2)) fill(ballast, size);
      const padding = "x".repeat(50_000);
      const acknowledged = ["first"];
      await expect
        .poll(
          async () => {
            const id = `f-${acknowledged.length}`;
            const { status } = await east.give(id, { order: id, padding });
            if (status === 202) acknowledged.push(id);
            return status;
          },
          { timeout: 20_000, interval: 1 },
        )
        .toBe(503);
      expect((await fetch(`${east.publicUrl}/health/accept`)).status).toBe(503);
      rmSync(ballast);
      await accepted(east, "after");
      await expect
        .poll(() => [...acknowledged, "after"].filter((id) => !world.warehouse.orders.includes(id)), {
          timeout: 30_000,
        })
        .toEqual([]);
    } finally {
      await east.end("SIGKILL");
      execFileSync("umount", ["-l", stateDir]);
    }
  },
);

const fill = (file: string, size: number): void => {
  try {
    writeFileSync(file, Buffer.alloc(size), { flag: "a" });
  } catch {
    // That much is not left.
  }
};
