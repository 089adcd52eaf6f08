import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminToken, type Gateway, shopSecret, World } from "../hosts/node/test-support/world.ts";

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
const main = join(import.meta.dirname, "main.ts");
const isthmus = async (...args: readonly string[]): Promise<Run> => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
};

describe("against two regions", () => {
  let world: World;
  let endpoints: string;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east", "west"]);
    await world.start();
    await world.deploy();
    east = world.gateway("east");
    const tokenFile = join(world.folder, "token");
    writeFileSync(tokenFile, adminToken);
    const of = ({ config, publicUrl }: Gateway) => ({
      publicUrl,
      adminUrl: `http://127.0.0.1:${config.adminPort}`,
      tokenFile,
    });
    endpoints = join(world.folder, "endpoints.json");
    const regions = { east: of(east), west: of(world.gateway("west")) };
    const { publicUrl: _, ...witness } = of(world.gateway("witness"));
    writeFileSync(endpoints, JSON.stringify({ regions, witness }));
  });
  afterAll(() => world.end());

  const run = (...args: readonly string[]): Promise<Run> => isthmus(...args, "--endpoints", endpoints);
  const json = async (...args: readonly string[]) => JSON.parse((await run(...args, "--json")).out);

  test("status adds up and is 0 when all is well", async () => {
    await expect.poll(async () => (await east.give("m-1", { order: "o-1" })).status, { timeout: 20_000 }).toBe(202);
    await expect.poll(() => world.warehouse.orders, { timeout: 20_000 }).toEqual(["o-1"]);
    await expect.poll(async () => (await run("status")).code, { timeout: 20_000, interval: 200 }).toBe(0);
    const { out } = await run("status");
    expect(out).toMatch(
      /test active-active {3}east ok, lease \d+ {3}west ok, lease \d+ {3}witness ok {3}definitions equal/,
    );
    expect(out).toMatch(/ledger {2}accepted 2 = delivered 2 .* missing 0/);
  });

  test("explain --now says who acts under which lease, where to, and that nothing waits", async () => {
    const { code, out } = await run("explain", "orders-out", "--now");
    expect(out).toMatch(/acting {3}east sends what it accepted: it holds that duty \(lease \d+\) for \d\.\ds more/);
    expect(out).toMatch(/acting {3}west sends what it accepted/);
    expect(out).toMatch(/site {5}east uses main, which answers/);
    expect(out).toContain("held     nothing waits");
    expect(code).toBe(0);
    expect(await run("explain", "order-out", "--now")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Did you mean 'orders-out'?"),
    });
  });

  test("status of a connector that is not there is wrong use", async () => {
    expect(await run("status", "nobody")).toMatchObject({
      code: 1,
      err: expect.stringContaining("no region has a connector"),
    });
  });

  test("faults are grouped by reason, shown masked, and one is mended and sent again", async () => {
    for (const id of ["f-1", "f-2"]) await east.give(id, { order: id, does: "throw" });
    await expect
      .poll(async () => (await json("faults", "list")).entries?.length, { timeout: 15_000, interval: 200 })
      .toBe(2);
    const listed = await run("faults");
    expect(listed.code).toBe(2);
    expect(listed.out).toMatch(/2 +orders-in .* no such article/);
    const shown = await run("faults", "show", "f-1");
    expect(shown.out).toContain("no such article");
    expect(shown.out).not.toContain('"order":"f-1"');

    expect((await run("faults", "resubmit", "--error", "article", "--dry-run")).out).toContain(
      "resubmit 2 of orders-in: f-1, f-2",
    );
    expect(await run("faults", "resubmit", "--error", "article")).toMatchObject({
      code: 1,
      err: expect.stringContaining("--yes"),
    });
    for (const name of ["east", "west"]) {
      const deployed = await world
        .gateway(name)
        .deploy("orders-in", "orders-in", { secrets: { shop: [shopSecret] } }, ['does === "throw"', "false"]);
      expect(deployed.status).toBe(200);
    }
    expect(await json("faults", "resubmit", "f-1", "--reason", "mended", "--yes")).toMatchObject({
      done: ["/shop/orders-in f-1"],
      refused: [],
    });
    await expect.poll(() => world.warehouse.orders, { timeout: 15_000 }).toContain("f-1");
    expect(await json("faults", "discard", "--connector", "orders-in", "--yes")).toMatchObject({
      done: ["/shop/orders-in f-2"],
    });
    await expect.poll(async () => (await run("faults")).code, { timeout: 15_000, interval: 200 }).toBe(0);
  });

  test("what to resubmit must be said, and must be listed", async () => {
    expect(await run("faults", "resubmit", "--yes")).toMatchObject({ code: 1 });
    expect(await run("faults", "resubmit", "x-1", "--yes")).toMatchObject({
      code: 1,
      err: expect.stringContaining("x-1"),
    });
    expect(await run("faults", "list", "--since", "yesterday")).toMatchObject({ code: 1 });
  });

  test("conflicts are listed apart", async () => {
    await east.give("m-1", { order: "another" });
    await expect
      .poll(async () => (await run("faults", "--conflicts")).out, { timeout: 15_000, interval: 200 })
      .toContain("m-1");
    expect((await run("faults")).code).toBe(0);
  });

  test("an event is found, with what became of it", async () => {
    const { code, out } = await run("where", "m-1");
    expect(code).toBe(0);
    expect(out).toMatch(/orders-in .*\/shop\/orders-in m-1 +delivered +east\.1/);
    expect(out).toMatch(/orders-out .*delivered/);
    expect((await run("where", "nowhere")).code).toBe(2);
  });

  test("unknown is empty, and says so", async () => {
    expect(await run("unknown")).toMatchObject({ code: 0, out: "nothing is listed\n" });
    expect(await run("unknown", "settle", "x")).toMatchObject({ code: 1, err: expect.stringContaining("--as") });
  });

  test("one whose answer was not seen is held, and a person says what became of it", async () => {
    const hold = ['idempotency: "event-id"', 'idempotency: "none", onUnknown: "hold"'] as const;
    const settings = { warehouse: `http://${world.warehouse.address}` };
    for (const name of ["east", "west"]) {
      const deployed = await world.gateway(name).deploy("orders-out", "orders-out", { settings }, hold);
      expect(deployed).toMatchObject({ status: 200 });
    }
    world.warehouse.status = "hang";
    await east.give("u-1", { order: "u-1" });
    await expect.poll(async () => (await run("unknown")).code, { timeout: 20_000, interval: 200 }).toBe(2);
    world.warehouse.status = 200;
    const settled = await json("unknown", "settle", "u-1", "--as", "resend", "--yes");
    expect(settled).toMatchObject({ done: ["/shop/orders-in u-1"] });
    await expect.poll(() => world.warehouse.orders, { timeout: 15_000 }).toContain("u-1");
    await expect.poll(async () => (await run("unknown")).code, { timeout: 15_000, interval: 200 }).toBe(0);
  });

  test("status says how far the readers of a feed are", async () => {
    const secrets = { claims: ["token-of-claims"], audit: ["token-of-audit"] };
    for (const name of ["east", "west"]) {
      expect(await world.gateway(name).deploy("orders-feed", "orders-feed", { secrets })).toMatchObject({
        status: 200,
      });
    }
    await east.give("r-1", { order: "r-1" });
    await expect
      .poll(async () => (await run("status", "orders-feed")).out, { timeout: 20_000, interval: 200 })
      .toMatch(/orders-feed audit has [1-9]\d* to read, the oldest for [\d.]+\w+; claims has [1-9]\d* to read/);
  });

  test("drain waits until nothing is pending", async () => {
    expect(await run("drain", "orders-in")).toMatchObject({ code: 0, out: expect.stringContaining("is empty") });
    expect((await east.give("m-9", { order: "o-9" })).status).toBe(503);
    expect(await run("drain", "nobody")).toMatchObject({ code: 1 });
  });

  test("a region that is gone is named, and the code is 3", async () => {
    await world.gateway("west").end("SIGKILL");
    const { code, out } = await run("status");
    expect(code).toBe(3);
    expect(out).toMatch(/west SILENT/);
    expect(out).toMatch(/OURS {4}west does not answer/);
    expect(await run("explain", "orders-out", "--now")).toMatchObject({
      code: 3,
      out: expect.stringMatching(/silent {3}west: /),
    });
    expect((await run("where", "m-1")).code).toBe(3);
  });
});

describe("offline", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(import.meta.dirname, ".offline-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("check says that the local environment has no problem", async () => {
    const { code, out } = await isthmus("check");
    expect(out).toMatch(/github-pushes: no problem, \d+ of \d+ fixtures pass/);
    expect(code).toBe(0);
  });

  test("check of a bad definition names the field and what to do", async () => {
    const path = join(folder, "bad.ts");
    writeFileSync(
      path,
      `import { defineConnector, definePartner, http } from "isthmus";
       export default defineConnector({ partner: definePartner({ name: "p", location: "internet" }), via: http.send({}), events: {}, idempotency: "natural" });`,
    );
    const { code, out } = await isthmus("check", path);
    expect(out).toMatch(/bad: [1-9]\d* to mend/);
    expect(out).toContain("events: names no event type");
    expect(code).toBe(2);
  });

  test("try prints what a definition makes of a message", async () => {
    const { code, out } = await isthmus("try", "github-pushes", "push.message.json");
    expect(JSON.parse(out)).toMatchObject([{ type: "repository.activity" }]);
    expect(code).toBe(0);
    expect(await isthmus("try", "github-push", "push.message.json")).toMatchObject({
      code: 1,
      err: expect.stringContaining("github-pushes"),
    });
  });

  test("explain tells a cell from both sides, and names a value that is none", async () => {
    const cell = ["send", "azure", "primary-secondary", "active-active", "ours"];
    expect((await isthmus("explain", ...cell)).out).toContain("13 s after the loss");
    expect((await isthmus("explain", cell.join("."), "--perspective", "theirs")).out).toContain("then west calls");
    expect(JSON.parse((await isthmus("explain", ...cell, "--json")).out)).toMatchObject({ cell: { role: "send" } });
    expect(await isthmus("explain", "send", "azur")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Did you mean 'azure'?"),
    });
    expect((await isthmus("explain", "billing-invoices")).err).toContain("explain billing-invoices --now");
  });

  test("contract writes the page and the description for machines", async () => {
    const { code, out } = await isthmus("contract", "github-pushes", "--out", folder);
    expect(out).toContain("github-pushes.md: written");
    expect(JSON.parse(readFileSync(join(folder, "github-pushes.openapi.json"), "utf8")).openapi).toBe("3.1.0");
    expect(code).toBe(0);
  });

  test("an environment that is not deployed is wrong use, and says what to do", async () => {
    const home = mkdtempSync(join(tmpdir(), "isthmus-cli-"));
    expect(await isthmus("status", "--home", home)).toMatchObject({
      code: 1,
      err: expect.stringContaining("deploy local"),
    });
    rmSync(home, { recursive: true });
  });
});
