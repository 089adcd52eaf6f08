// Two regions and a witness, each an AWS of its own on this machine, with stacks deployed to them by the real engine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { busName, functionName, tables } from "../../../connectors/platforms/aws/names.ts";
import type { Mode } from "../../../connectors/platforms/mode.ts";
import { deploy, destroy, refresh, type StackOptions, type StackRequest } from "../../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../../scripts/engine/engine.ts";
import { entryKey } from "../../../src/journal/dynamo/items.ts";
import type { Rule } from "../../cells/network/path.ts";
import { type StandIn, startStandIn } from "../provider/start.ts";
import { EmulatedNetwork } from "./network.ts";
import { EmulatedRegion } from "./region.ts";
import { otherRegion, type RegionName, regionNames, witness } from "./regions.ts";
import { Replicator } from "./replicator.ts";
import { Subscriber } from "./subscriber.ts";

const scheduleMs = 5_000;

export interface EmulationOptions {
  /** Of the preview stacks: `preview-<name>`. */
  readonly name: string;
  readonly mode: Mode;
  /** File of the environment, relative to infra. */
  readonly environment: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  /** Addresses of partners on this machine, `127.0.0.1:<port>`, as definitions name them. */
  readonly loopback: readonly string[];
  /** By the port that a definition names: where that site really listens. Default: there. */
  readonly sites?: ReadonlyMap<number, number>;
  /** Regions of AWS that are a partner's: the port where each is reached. Default: none. */
  readonly theirRegions?: Readonly<Record<string, number>>;
  /** Names of the environment's connectors. */
  readonly connectors: readonly string[];
  /** What is written in one region appears in the other within this. Milliseconds. */
  readonly lagMs: number;
  /** Folder that what the services of each region say goes to, `<region>.log`. Default: nowhere. */
  readonly logs?: string;
}

export interface EmulationUrls {
  /** Where partners call: `/<connector>` comes after it. */
  readonly partner: string;
  /** Endpoint of the region's services for clients of ours: the bus, queues. */
  readonly ours: string;
}

/**
 * One of our modes, emulated. `open` starts the services and the network around them, `deploy` brings the stacks up. A region
 * that was killed, frozen, isolated or lost is back as it was by `restore`, `wake`, `heal` or `redeploy`.
 */
export class Emulation {
  readonly #options: EmulationOptions;
  readonly #regions: Readonly<Record<RegionName, EmulatedRegion>>;
  readonly #witness: EmulatedRegion;
  readonly #network: EmulatedNetwork;
  readonly #standIn: StandIn;
  readonly #home = mkdtempSync(join(tmpdir(), "isthmus-emulation-"));
  #replicator: Replicator | null = null;
  #engine: Omit<StackOptions, "stacks"> | null = null;
  #schedule: NodeJS.Timeout | undefined;

  private constructor(options: EmulationOptions, parts: EmulationParts) {
    this.#options = options;
    this.#regions = parts.regions;
    this.#witness = parts.witness;
    this.#network = parts.network;
    this.#standIn = parts.standIn;
  }

  static async open(options: EmulationOptions): Promise<Emulation> {
    const { loopback, logs = null } = options;
    const [east, west, third] = await Promise.all([
      EmulatedRegion.open("us-east-1", logs),
      EmulatedRegion.open("us-west-2", logs),
      EmulatedRegion.open(witness, logs),
    ]);
    const ports = { "us-east-1": east.service.port, "us-west-2": west.service.port, [witness]: third.service.port };
    const sites = options.sites ?? new Map(loopback.map(portIn).map((port) => [port, port]));
    const network = await EmulatedNetwork.open({ services: ports, sites, theirRegions: options.theirRegions ?? {} });
    const urls = Object.fromEntries([east, west, third].map(({ name, service }) => [name, service.url]));
    const standIn = await startStandIn(urls);
    // The engine, the stand-in and the environment's file find them by these.
    Object.assign(process.env, standIn.variables, { ISTHMUS_EMULATED_REGIONS: JSON.stringify(urls) });
    const regions = { "us-east-1": east, "us-west-2": west };
    return new Emulation(options, { regions, witness: third, network, standIn });
  }

  get environment(): string {
    return `preview-${this.#options.name}`;
  }

  /** @param signal interrupts the engine */
  async deploy(onProgress: (line: string) => void = () => {}, signal?: AbortSignal): Promise<void> {
    const engine = await findOrGetEngine({ onProgress });
    this.#engine = { engine, home: this.#home, onProgress, ...(signal !== undefined && { signal }) };
    await this.#up([this.#global(), ...regionNames.map((region) => this.#stack(region))]);
    this.#replicator = new Replicator({
      regions: Object.fromEntries(regionNames.map((region) => [region, this.#regions[region].service.url])),
      tables: [
        tables.gateway(this.#scope),
        ...this.#options.connectors.map((name) => tables.connector(this.#scope, name)),
      ],
      lagMs: this.#options.lagMs,
    });
    this.#replicator.run();
    this.#schedule = setInterval(() => this.#tick(), scheduleMs);
    this.#tick();
  }

  /** @throws before it was deployed */
  urls(region: RegionName): EmulationUrls {
    const partner = `${this.#network.entrance(region, "partner")}${this.#regions[region].apiPath}`;
    return { partner, ours: this.#network.entrance(region, "ours") };
  }

  /** The bus that our regions publish to, and subscribe at: its name in each region. */
  get bus(): string {
    return busName(this.#scope);
  }

  /** Asks a region's admin function, past the network. JSON; null: it does not answer within 5 s, or not with 2xx. */
  admin(region: RegionName, method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    return this.#regions[region].admin(method, path, body);
  }

  /** Calls a connector as a partner does. Status of the answer; null: it does not answer. */
  async call(region: RegionName, path: string, headers: Readonly<Record<string, string>>, body: string) {
    try {
      const options = { method: "POST", headers, body, signal: AbortSignal.timeout(5_000) };
      const answer = await fetch(`${this.urls(region).partner}${path}`, options);
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return null;
    }
  }

  /** Our own system at a region's bus. */
  subscribe(region: RegionName, types: readonly string[]): Promise<Subscriber> {
    return Subscriber.open({ region, url: this.#network.entrance(region, "ours") }, this.bus, types);
  }

  /** Whether what a region accepted, or was replicated to it, stands in its table. */
  async has(region: RegionName, identity: string): Promise<boolean> {
    const keys = regionNames.map((writer) => entryKey(writer, identity));
    const table = tables.connector(this.#scope, this.#options.connectors[0] ?? "");
    return (await this.#regions[region].get(table, keys)).some((item) => item !== null);
  }

  /** Whether a region's keeper says, now, that it holds a duty. */
  async holds(region: RegionName, duty: RegionName): Promise<boolean> {
    const [row] = await this.#regions[region].get(tables.regional(this.#scope), [{ pk: "duty", sk: duty }]);
    return Number(row?.attributes.until ?? 0) > Date.now();
  }

  /** Its functions are killed, and whoever calls it is refused; what it has stored stays, as it does on AWS. */
  kill(region: RegionName): void {
    this.#regions[region].kill();
    this.#network.reset(region);
    this.#replicator?.cut(region);
  }

  /** After `kill`: it is there again with what it had stored. */
  restore(region: RegionName): void {
    this.#regions[region].wake();
    this.heal();
  }

  /** Its functions and its services stop where they are; calls to it hang. */
  freeze(region: RegionName): void {
    this.#regions[region].freeze();
    this.#replicator?.cut(region);
  }

  /** After `freeze`. */
  wake(region: RegionName): void {
    this.#regions[region].wake();
    this.#replicator?.heal();
  }

  /** Nothing goes to or from it: the other region, the witness, partners, systems of ours, replication. It runs on. */
  isolate(region: RegionName): void {
    this.#network.isolate(region);
    this.#replicator?.cut(region);
  }

  /** The regions do not reach each other, and nothing is replicated. */
  cutPeers(rule: Rule = "cut"): void {
    this.#network.peers(rule);
    if (rule === "pass") this.#replicator?.heal();
    else for (const region of regionNames) this.#replicator?.cut(region);
  }

  /** Between a region and the partners, both ways. */
  link(region: RegionName, rule: Rule): void {
    this.#network.link(region, rule);
  }

  /** Every path is well again. */
  heal(): void {
    this.#network.heal();
    this.#replicator?.heal();
  }

  /** It is killed, and all that it had is gone: tables, queues, secrets, functions. Back by `redeploy` only. */
  async loseDisk(region: RegionName): Promise<void> {
    this.kill(region);
    await this.#regions[region].lose();
    this.#replicator?.forget(region);
  }

  /** Whether all that a region had is gone, and nothing has taken its place. */
  isLost(region: RegionName): boolean {
    return this.#regions[region].isLost;
  }

  /**
   * After `loseDisk`: what a user does. `pulumi refresh` sees what is gone, `pulumi up` of the global stack makes its
   * replicas again, which are filled from the other region before `pulumi up` of the region lets it act.
   */
  async redeploy(region: RegionName): Promise<void> {
    const [global, own] = [{ stack: this.#global().stack }, { stack: this.#stack(region).stack }];
    await this.#regions[region].begin();
    await refresh({ ...this.#stacks(), stacks: [global, own] });
    await this.#up([global]);
    await this.#replicator?.backfill(region, otherRegion(region));
    this.heal();
    await this.#up([own]);
  }

  async close(): Promise<void> {
    clearInterval(this.#schedule);
    this.#replicator?.stop();
    for (const region of regionNames) this.#regions[region].wake();
    this.#network.heal();
    try {
      if (this.#engine !== null) {
        // Destroying is not interrupted.
        const { signal: _, ...engine } = this.#engine;
        const stacks = [this.#global(), ...regionNames.map((region) => this.#stack(region))].map(({ stack }) => ({
          stack,
        }));
        await destroy({ ...engine, stacks, remove: true, discard: ["*"] });
      }
    } finally {
      this.#standIn.stop();
      await this.#network.close();
      await Promise.all([...Object.values(this.#regions), this.#witness].map(({ service }) => service.kill()));
      rmSync(this.#home, { recursive: true, force: true });
    }
  }

  /** Stands for the schedules of the keepers: the emulated one is not punctual, and a test has no minutes. */
  #tick(): void {
    const keeper = functionName(this.#scope, "keeper");
    for (const region of regionNames) void this.#regions[region].call(keeper, scheduleMs);
  }

  async #up(stacks: readonly StackRequest[]): Promise<void> {
    const outputs = await deploy({ ...this.#stacks(), stacks });
    for (const region of regionNames) {
      const own = outputs[this.#stack(region).stack];
      if (own !== undefined) this.#regions[region].outputs = own;
    }
  }

  #stacks(): Omit<StackOptions, "stacks"> {
    if (this.#engine === null) throw new Error("the emulation is not deployed");
    return this.#engine;
  }

  #global(): StackRequest {
    const { environment, settings, loopback, secrets } = this.#options;
    return { stack: `${this.environment}.global`, config: { environment, settings, loopback }, secrets };
  }

  #stack(region: RegionName): StackRequest {
    const outboundProxy = this.#network.proxy(region);
    const config = {
      environment: this.#options.environment,
      outboundProxy,
      endpoints: this.#network.endpoints(region),
    };
    return { stack: `${this.environment}.${region}.${this.#options.mode}`, config };
  }

  get #scope() {
    return { environment: this.environment, mode: this.#options.mode };
  }
}

interface EmulationParts {
  readonly regions: Readonly<Record<RegionName, EmulatedRegion>>;
  readonly witness: EmulatedRegion;
  readonly network: EmulatedNetwork;
  readonly standIn: StandIn;
}

const portIn = (address: string): number => Number(address.split(":").at(-1));
