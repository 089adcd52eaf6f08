// Real gateway processes as the plan configures them, with everybody around them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { processConfig, type Site, stateFolder } from "../../connectors/platforms/local/plan.ts";
import { Market } from "../../src/hosts/node/test-support/market.ts";
import { adminToken, Gateway, shopSecret, Warehouse } from "../../src/hosts/node/test-support/world.ts";

const lease = { ttlMs: 1_600, marginMs: 200, requestTimeoutMs: 1_000 };
const tokens = { peer: "peer-token-of-the-tests", admin: adminToken };

/**
 * Connectors of every role, with the file of each. What reads the market is at home in west of two regions, and in north
 * of three.
 */
const connectors = {
  "orders-out": "orders-out",
  "orders-feed": "orders-feed",
  "orders-in": "orders-in",
  "market-poll": "orders-poll",
} as const;
/** Of the feed's readers, by name. */
export const readerTokens = { claims: ["token-of-claims"], audit: ["token-of-audit"] } as const;

interface Duty {
  readonly region: string;
  readonly holder: string | null;
  readonly generation: number;
}

/** The processes of an environment, in whichever generation each was started last. */
export class Environment {
  readonly warehouse = new Warehouse();
  readonly market = new Market();
  readonly #home = mkdtempSync(join(tmpdir(), "isthmus-regions-"));
  readonly #gateways = new Map<string, Gateway>();
  readonly #basePort: number;

  constructor(basePort: number) {
    this.#basePort = basePort;
  }

  /** The partners, which have to be there before the first region. */
  async open(): Promise<void> {
    await Promise.all([this.warehouse.open(), this.market.open()]);
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
    const planned = processConfig(site, name, tokens, {
      loopback: [this.warehouse.address, this.market.address],
      lease,
    });
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
    const settings = { warehouse: `http://${this.warehouse.address}`, market: `http://${this.market.address}` };
    const secrets = { shop: [shopSecret], ...readerTokens };
    for (const [name, file] of Object.entries(connectors)) {
      expect(await gateway.deploy(name, file, { settings, secrets }), gateway.log).toMatchObject({ status: 200 });
    }
  }

  /** Takes a connector out as its resource does: refused while anything of it is open. */
  async removeConnector(region: string, name: string): Promise<void> {
    const gateway = this.gateway(region);
    await gateway.admin("POST", `/admin/connectors/${name}/drain`);
    const answer = () => gateway.admin("DELETE", `/admin/connectors/${name}`);
    await expect.poll(answer, { timeout: 20_000, message: name }).toMatchObject({ status: 200 });
  }

  /** Waits until a region reads the market. */
  async reads(region: string): Promise<void> {
    const duty = (): string => String(this.market.reads.at(-1)?.headers["isthmus-duty"]);
    await expect.poll(duty, { timeout: 20_000 }).toContain(`${region};`);
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
    this.market.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
