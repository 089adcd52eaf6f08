// Real gateway processes as the plan configures them, while a region is added and removed under a giver that never rests.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processConfig, type Site, stateFolder, WITNESS } from "../../connectors/platforms/local/plan.ts";
import { adminToken, Gateway, shopSecret, Warehouse } from "../../src/hosts/node/test-support/world.ts";
import { freeBasePort } from "./clone.ts";

const two = ["east", "west"];
const three = [...two, "north"];
const lease = { ttlMs: 1_600, marginMs: 200, requestTimeoutMs: 1_000 };
const tokens = { peer: "peer-token-of-the-tests", admin: adminToken };

interface Duty {
  readonly region: string;
  readonly holder: string | null;
  readonly generation: number;
}

/** The processes of an environment, in whichever generation each was started last. */
class Environment {
  readonly warehouse = new Warehouse();
  readonly #home = mkdtempSync(join(tmpdir(), "isthmus-regions-"));
  readonly #gateways = new Map<string, Gateway>();
  readonly #basePort: number;

  constructor(basePort: number) {
    this.#basePort = basePort;
  }

  site(generation: number, regions: readonly string[], changingFrom: readonly string[] = []): Site {
    const fixed = { environment: "test", mode: "active-active", home: this.#home, basePort: this.#basePort } as const;
    return { ...fixed, generation, regions, changingFrom };
  }

  gateway(name: string): Gateway {
    const found = this.#gateways.get(name);
    if (found === undefined) throw new Error(`no gateway ${name}`);
    return found;
  }

  /** Starts a process, or starts it anew with the configuration of this step. */
  async deploy(site: Site, name: string): Promise<void> {
    await this.#gateways.get(name)?.end("SIGTERM");
    const planned = processConfig(site, name, tokens, { loopback: [this.warehouse.address], lease });
    const gateway = new Gateway(name, planned as unknown as Gateway["config"]);
    this.#gateways.set(name, gateway);
    expect(await gateway.start(), gateway.log).toBeNull();
  }

  /** Deploys a step to a region as the provider does: where it runs, once the step before is in effect. */
  async step(site: Site, region: string): Promise<void> {
    if (this.#gateways.has(region)) {
      const behind = async () => (await this.duties(region)).filter((duty) => duty.generation < site.generation - 1);
      await expect.poll(behind, { timeout: 20_000 }).toEqual([]);
    }
    await this.deploy(site, region);
    await expect
      .poll(async () => (await this.duties(region)).find((duty) => duty.region === region), { timeout: 20_000 })
      .toMatchObject({ holder: region, generation: site.generation });
  }

  async duties(region: string): Promise<readonly Duty[]> {
    const { body } = await this.gateway(region).admin("GET", "/admin/status");
    return (body as { duties: Duty[] }).duties;
  }

  async addConnectors(region: string): Promise<void> {
    const gateway = this.gateway(region);
    const settings = { warehouse: `http://${this.warehouse.address}` };
    expect(await gateway.deploy("orders-out", "orders-out", { settings })).toMatchObject({ status: 200 });
    const secrets = { shop: [shopSecret] };
    expect(await gateway.deploy("orders-in", "orders-in", { secrets })).toMatchObject({ status: 200 });
  }

  /** Takes a connector out as its resource does: refused while anything of it is open. */
  async removeConnector(region: string, name: string): Promise<void> {
    const gateway = this.gateway(region);
    await gateway.admin("POST", `/admin/connectors/${name}/drain`);
    await expect
      .poll(async () => (await gateway.admin("DELETE", `/admin/connectors/${name}`)).status, { timeout: 20_000 })
      .toBe(200);
  }

  /** Waits for an order to arrive at the warehouse. */
  async takes(order: string): Promise<void> {
    await expect.poll(() => this.warehouse.orders, { timeout: 20_000, interval: 100 }).toContain(order);
  }

  /** The machine is gone, and its disk with it. */
  async lose(site: Site, name: string): Promise<void> {
    await this.gateway(name).end("SIGKILL");
    this.#gateways.delete(name);
    rmSync(stateFolder(site, name), { recursive: true });
  }

  async remove(site: Site, name: string): Promise<void> {
    expect(await this.gateway(name).end("SIGTERM")).toBe(0);
    this.#gateways.delete(name);
    rmSync(stateFolder(site, name), { recursive: true });
  }

  async end(): Promise<void> {
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.end("SIGKILL")));
    this.warehouse.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Gives orders without rest, each until one of the regions acknowledged it. */
class Giver {
  readonly acknowledged: string[] = [];
  readonly #environment: Environment;
  #regions: readonly string[];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(environment: Environment, regions: readonly string[]) {
    this.#environment = environment;
    this.#regions = regions;
  }

  start(): void {
    this.#running = this.#run();
  }

  to(regions: readonly string[]): void {
    this.#regions = regions;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let number = 0; !this.#stopped; number += 1) {
      const order = `o-${number}`;
      for (let attempt = number; !(await this.#give(order, attempt)); attempt += 1) {
        if (this.#stopped) return;
      }
      this.acknowledged.push(order);
    }
  }

  async #give(order: string, attempt: number): Promise<boolean> {
    const region = this.#regions[attempt % this.#regions.length] ?? "";
    const answer = await this.#environment
      .gateway(region)
      .give(order, { order })
      .catch(() => null);
    // Gently: one at a time, and not at once again to one that is being restarted.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return answer?.status === 202;
  }
}

describe("two regions and a witness carry events", { timeout: 120_000 }, () => {
  let environment: Environment;
  let giver: Giver;
  beforeAll(async () => {
    environment = new Environment(await freeBasePort());
    await environment.warehouse.open();
    const site = environment.site(1, two);
    await Promise.all([WITNESS, ...two].map((name) => environment.deploy(site, name)));
    for (const region of two) await environment.addConnectors(region);
    giver = new Giver(environment, two);
    giver.start();
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
    giver.to(three);
    expect((await environment.gateway("north").give("n-1", { order: "n-1" })).status).toBe(202);
    await environment.takes("n-1");
    for (const region of three) {
      const held = (await environment.duties(region)).map((duty) => [duty.region, duty.holder]);
      expect(Object.fromEntries(held)).toEqual({ east: "east", west: "west", north: "north" });
    }
  });

  test("while north is removed again, and nothing acknowledged is lost", async () => {
    const changing = environment.site(4, two, three);
    await environment.deploy(changing, WITNESS);
    for (const region of three) await environment.step(changing, region);
    giver.to(two);
    environment.warehouse.status = 503;
    const north = environment.gateway("north");
    expect((await north.give("n-2", { order: "n-2" })).status).toBe(202);
    const where = async () => (await north.admin("GET", "/admin/where/n-2")).body;
    const onItsWay = { connector: "orders-out", outcome: null };
    await expect
      .poll(where, { timeout: 10_000 })
      .toMatchObject({ entries: expect.arrayContaining([expect.objectContaining(onItsWay)]) });
    expect((await north.admin("DELETE", "/admin/connectors/orders-out")).status).toBe(409);
    environment.warehouse.status = 200;
    await environment.takes("n-2");
    // What others accepted is in their hands, and does not keep north.
    environment.warehouse.status = 503;
    const ofOthers = async () => (await north.counts("orders-out")).pending;
    await expect.poll(ofOthers, { timeout: 10_000 }).toBeGreaterThan(0);
    for (const connector of ["orders-in", "orders-out"]) await environment.removeConnector("north", connector);
    environment.warehouse.status = 200;
    await environment.remove(changing, "north");
    const settled = environment.site(5, two);
    for (const region of two) await environment.step(settled, region);
    await environment.deploy(settled, WITNESS);
    const last = giver.acknowledged.length;
    await expect.poll(() => giver.acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(last + 10);
    await giver.stop();
    const missing = () => giver.acknowledged.filter((order) => !environment.warehouse.orders.includes(order));
    await expect.poll(missing, { timeout: 20_000 }).toEqual([]);
    expect(environment.warehouse.orders).toEqual(expect.arrayContaining(["n-1", "n-2"]));
  });
});

describe("a region that is lost for good", { timeout: 60_000 }, () => {
  let environment: Environment;
  beforeAll(async () => {
    environment = new Environment(await freeBasePort());
    await environment.warehouse.open();
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
