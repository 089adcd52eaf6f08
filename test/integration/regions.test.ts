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

  /** Deploys a step to a region that runs, and waits for it to be in effect for every duty, as its operator does. */
  async step(site: Site, region: string): Promise<void> {
    await this.deploy(site, region);
    await expect
      .poll(async () => (await this.duties(region)).map(({ generation }) => generation), { timeout: 20_000 })
      .toSatisfy(
        (confirmed: number[]) => confirmed.length > 0 && confirmed.every((each) => each >= site.generation - 1),
      );
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

  const arrive = (order: string) =>
    expect.poll(() => environment.warehouse.orders, { timeout: 20_000, interval: 100 }).toContain(order);

  test("while north is added, and what is given to north arrives", async () => {
    await arrive("o-0");
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
    await arrive("n-1");
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
    for (const connector of ["orders-in", "orders-out"]) await environment.removeConnector("north", connector);
    await environment.remove(changing, "north");
    const settled = environment.site(5, two);
    for (const region of two) await environment.step(settled, region);
    await environment.deploy(settled, WITNESS);
    const last = giver.acknowledged.length;
    await expect.poll(() => giver.acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(last + 10);
    await giver.stop();
    const missing = () => giver.acknowledged.filter((order) => !environment.warehouse.orders.includes(order));
    await expect.poll(missing, { timeout: 20_000 }).toEqual([]);
    expect(environment.warehouse.orders).toContain("n-1");
  });
});
