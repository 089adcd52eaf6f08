// The local platform's resources against processes that are really started, on folders and ports of their own.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call } from "./admin.ts";
import { connector } from "./connector.ts";
import { restart, runningOn } from "./process.ts";
import { region } from "./region.ts";
import { handler } from "./resource.ts";

const program = fileURLToPath(new URL("../test-support/gateway.ts", import.meta.url));
const regions = handler(region(program));
const urn = "urn:pulumi:s::p::isthmus:local:Region::east";
let home = "";
let created: { id: string; outs: Record<string, unknown> }[] = [];

const inputs = (changes: Record<string, unknown> = {}) => ({
  environment: "test",
  mode: "active-active",
  region: "east",
  regions: ["east", "west"],
  home,
  // Apart from those of other tests: 30 ports for each worker of this machine.
  basePort: 21_000 + (process.pid % 100) * 30,
  loopback: [],
  peerToken: "a-token-of-all-regions",
  version: "1",
  ...changes,
});

async function create(changes: Record<string, unknown> = {}) {
  const result = await regions.create(urn, inputs(changes));
  created.push({ id: result.id, outs: result.outs });
  return {
    id: result.id,
    outs: result.outs as ReturnType<typeof inputs> &
      Record<string, unknown> & { adminUrl: string; tokenFile: string; pid: number; stateDir: string },
  };
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "isthmus-provider-"));
  created = [];
});
afterEach(async () => {
  for (const { id, outs } of created) await regions.delete(id, urn, outs);
  rmSync(home, { recursive: true, force: true });
});

describe("a region", () => {
  test("runs, answers, and only its owner can read its token", async () => {
    const { outs } = await create();
    expect(await call(outs, "GET", "/admin/info")).toMatchObject({
      status: 200,
      body: { region: "east", pid: outs.pid },
    });
    expect(statSync(outs.tokenFile).mode & 0o777).toBe(0o600);
    expect(statSync(outs.stateDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(outs.stateDir, "config.json")).mode & 0o777).toBe(0o600);
  });

  test("does not get the engine's environment, which holds the stack's secrets", async () => {
    process.env.PULUMI_CONFIG = '{"secrets":"s3cret"}';
    const { outs } = await create();
    delete process.env.PULUMI_CONFIG;
    expect(readFileSync(`/proc/${outs.pid}/environ`, "utf8")).not.toContain("s3cret");
  });

  test("keeps its process while nothing changed", async () => {
    const { id, outs } = await create();
    expect(await regions.diff(id, urn, outs, inputs())).toMatchObject({ changes: false });
    expect(await regions.read(id, urn, outs)).toMatchObject({ id, props: { pid: outs.pid } });
  });

  test("starts again on its folder, with its token, when its configuration changed", async () => {
    const { id, outs } = await create();
    const token = readFileSync(outs.tokenFile, "utf8");
    const news = inputs({ loopback: ["127.0.0.1:9443"] });
    expect(await regions.diff(id, urn, outs, news)).toMatchObject({ changes: true, replaces: [] });
    const { outs: after } = await regions.update(id, urn, outs, news);
    expect(after.processId).not.toBe(outs.processId);
    expect(readFileSync(outs.tokenFile, "utf8")).toBe(token);
  });

  test("goes to the next step of a change of the regions once the one before is in effect, and never back", async () => {
    const { id, outs } = await create();
    const hasty = handler(region(program, 0));
    const news = inputs({ regions: ["east", "west", "north"], changingFrom: ["east", "west"], generation: 2 });
    const tell = (generation: number) =>
      call(outs, "PUT", "/admin/status", {
        duties: [
          { region: "east", generation: 1 },
          { region: "west", generation },
        ],
      });
    await tell(0);
    await expect(hasty.update(id, urn, outs, news)).rejects.toThrow(
      "cannot go to generation 2: generation 1 is not in effect yet for the journals of west",
    );
    expect((await runningOn(outs.stateDir))?.pid).toBe(outs.pid);
    await tell(3);
    await expect(hasty.update(id, urn, outs, news)).rejects.toThrow("cannot go back to generation 2: 3 is in effect");
    await tell(1);
    const { outs: after } = await hasty.update(id, urn, outs, news);
    expect(after.processId).not.toBe(outs.processId);
    const told = readFileSync(join(home, "test.active-active", "endpoints.json"), "utf8");
    expect(Object.keys(JSON.parse(told).regions)).toEqual(["east", "west", "north"]);
  });

  test("is replaced when it moves to other ports", async () => {
    const { id, outs } = await create();
    expect(await regions.diff(id, urn, outs, inputs({ basePort: 30_000 }))).toMatchObject({ replaces: ["basePort"] });
  });

  test("that was killed is seen as gone, and can be made again", async () => {
    const { id, outs } = await create();
    process.kill(outs.pid, "SIGKILL");
    await expect.poll(() => regions.read(id, urn, outs)).toMatchObject({ id: "" });
    const again = await create();
    expect(again.outs.processId).not.toBe(outs.processId);
  });

  test("that a drill killed and started again is the same resource with another process", async () => {
    const { id, outs } = await create();
    process.kill(outs.pid, "SIGKILL");
    await expect.poll(() => runningOn(outs.stateDir)).toBeNull();
    const running = await restart(outs.stateDir, program);
    expect(await regions.read(id, urn, outs)).toMatchObject({
      id,
      props: { pid: running.pid, processId: running.processId },
    });
  });

  test("leaves no process and no file when it is deleted", async () => {
    const { id, outs } = await create();
    expect(existsSync(join(home, "test.active-active", "endpoints.json"))).toBe(true);
    await regions.delete(id, urn, outs);
    expect(await runningOn(outs.stateDir)).toBeNull();
    expect(existsSync(join(home, "test.active-active"))).toBe(false);
  });

  test("is refused where another process works on its folder", async () => {
    const { outs } = await create();
    await expect(regions.create(urn, inputs())).rejects.toThrow(`in use by process ${outs.pid}`);
  });

  test("is refused where a port is taken, naming the port and who has it", async () => {
    const port = inputs().basePort + 10;
    const server = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    await expect(regions.create(urn, inputs())).rejects.toThrow(
      new RegExp(`port ${port} is taken by process ${process.pid} `),
    );
    server.close();
  });

  test("that does not start says what the process said", async () => {
    const failing = handler(region(fileURLToPath(import.meta.url)));
    await expect(failing.create(urn, inputs())).rejects.toThrow(/did not start; see .*gateway\.log:\n.*\S/);
  });

  test("with a wrong input is refused before anything starts, naming the field", async () => {
    expect(await regions.check(urn, {}, inputs({ environment: "A B", basePort: 80 }))).toMatchObject({
      failures: [{ property: "environment" }, { property: "basePort" }],
    });
  });
});

describe("a connector", () => {
  const discarded = new Set<string>();
  const connectors = handler(connector((name) => discarded.has(name)));
  const of = (outs: Record<string, unknown>, changes: Record<string, unknown> = {}) => ({
    name: "orders",
    region: "east",
    adminUrl: outs.adminUrl,
    tokenFile: outs.tokenFile,
    processId: outs.processId,
    digest: "d1",
    bundle: gzipSync("export default {}").toString("base64"),
    source: "module.exports = {}",
    settings: {},
    secrets: { key: ["s"] },
    paused: false,
    ...changes,
  });
  beforeEach(() => discarded.clear());

  test("is added to a running region, changed and removed without a restart", async () => {
    const { outs } = await create();
    await connectors.create("", of(outs));
    await connectors.update("orders", "", of(outs), of(outs, { digest: "d2" }));
    expect(await call(outs, "GET", "/admin/connectors/orders")).toMatchObject({
      body: { digest: "d2", bundle: "export default {}" },
    });
    await connectors.delete("orders", "", of(outs, { digest: "d2" }));
    expect(await call(outs, "GET", "/admin/connectors/orders")).toMatchObject({ status: 404 });
    expect((await runningOn(outs.stateDir))?.pid).toBe(outs.pid);
  });

  test("is read as what the region really runs", async () => {
    const { outs } = await create();
    await connectors.create("", of(outs, { digest: "other" }));
    expect(await connectors.read("orders", "", of(outs))).toMatchObject({ id: "orders", props: { digest: "other" } });
    await call(outs, "DELETE", "/admin/connectors/orders");
    expect(await connectors.read("orders", "", of(outs))).toMatchObject({ id: "" });
  });

  test("that still holds entries is not removed: the counts and the ways out are told", async () => {
    const { outs } = await create();
    await connectors.create("", of(outs));
    await call(outs, "PUT", "/admin/connectors/orders/counts", { pending: 3, faulted: 0, unknown: 1 });
    const removal = connectors.delete("orders", "", of(outs));
    await expect(removal).rejects.toThrow("still holds 3 pending, 1 unknown");
    await expect(removal).rejects.toThrow(/isthmus drain orders.*--config isthmus:discard=orders/);
    discarded.add("orders");
    await connectors.delete("orders", "", of(outs));
    expect(await call(outs, "GET", "/admin/connectors/orders")).toMatchObject({ status: 404 });
  });

  test("of a dead region is neither seen as gone nor removed", async () => {
    const { outs } = await create();
    await connectors.create("", of(outs));
    process.kill(outs.pid, "SIGKILL");
    await expect.poll(() => runningOn(outs.stateDir)).toBeNull();
    expect(await connectors.read("orders", "", of(outs))).toMatchObject({ id: "orders" });
    await expect(connectors.delete("orders", "", of(outs))).rejects.toThrow("region east does not answer");
  });

  test("whose bundle is only packed otherwise is the same", async () => {
    const { outs } = await create();
    const repacked = gzipSync("export default {}", { level: 1 }).toString("base64");
    expect(await connectors.diff("orders", "", of(outs), of(outs, { bundle: repacked }))).toMatchObject({
      changes: false,
    });
    expect(await connectors.diff("orders", "", of(outs), of(outs, { digest: "d2" }))).toMatchObject({ changes: true });
  });

  test("is told to another process of its region", async () => {
    const { outs } = await create();
    expect(await connectors.diff("orders", "", of(outs), of(outs, { processId: "other" }))).toMatchObject({
      changes: true,
      replaces: [],
    });
  });
});
