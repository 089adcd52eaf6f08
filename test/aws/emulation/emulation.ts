// Two regions and a witness, each an AWS of its own on this machine, with stacks deployed to them by the real engine.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { busName, functionName, tables } from "../../../connectors/platforms/aws/names.ts";
import type { Mode } from "../../../connectors/platforms/mode.ts";
import { deploy, destroy, type StackOptions, type StackOutputs } from "../../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../../scripts/engine/engine.ts";
import { DynamoTable } from "../../../src/aws/dynamo/dynamo-table.ts";
import type { Item, ItemKey } from "../../../src/aws/dynamo/table.ts";
import { entryKey } from "../../../src/journal/dynamo/items.ts";
import { clientFor } from "../ministack/functions.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { type StandIn, startStandIn } from "../provider/start.ts";
import { Replicator } from "./replicator.ts";
import { Subscriber } from "./subscriber.ts";

export const regionNames = ["us-east-1", "us-west-2"] as const;
export type RegionName = (typeof regionNames)[number];
const witness = "us-east-2";
const scheduleMs = 5_000;
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

export interface EmulationOptions {
  /** Of the preview stacks: `preview-<name>`. */
  readonly name: string;
  readonly mode: Mode;
  /** File of the environment, relative to infra. */
  readonly environment: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  /** Addresses of partners on this machine. */
  readonly loopback: readonly string[];
  readonly connectors: readonly string[];
  readonly lagMs: number;
}

export class Emulation {
  readonly #options: EmulationOptions;
  readonly #services: ReadonlyMap<string, Ministack>;
  readonly #standIn: StandIn;
  readonly #home = mkdtempSync(join(tmpdir(), "isthmus-emulation-"));
  readonly #outputs = new Map<RegionName, StackOutputs>();
  #replicator: Replicator | null = null;
  #stacks: StackOptions | null = null;
  #schedule: NodeJS.Timeout | undefined;

  private constructor(options: EmulationOptions, services: ReadonlyMap<string, Ministack>, standIn: StandIn) {
    this.#options = options;
    this.#services = services;
    this.#standIn = standIn;
  }

  static async open(options: EmulationOptions): Promise<Emulation> {
    const services = await Promise.all([...regionNames, witness].map((region) => startMinistack({ region })));
    const regions = Object.fromEntries(services.map(({ region, url }) => [region, url]));
    const standIn = await startStandIn(regions);
    // The engine, the stand-in and the environment's file find them by these.
    Object.assign(process.env, standIn.variables, { ISTHMUS_EMULATED_REGIONS: JSON.stringify(regions) });
    return new Emulation(options, new Map(services.map((service) => [service.region, service])), standIn);
  }

  get environment(): string {
    return `preview-${this.#options.name}`;
  }

  async deploy(onProgress: (line: string) => void = () => {}): Promise<void> {
    const { mode, environment, secrets, settings, loopback } = this.#options;
    const config = { environment };
    this.#stacks = {
      engine: await findOrGetEngine(),
      home: this.#home,
      onProgress,
      stacks: [
        { stack: `${this.environment}.global`, config: { ...config, settings, loopback }, secrets },
        ...regionNames.map((region) => ({ stack: `${this.environment}.${region}.${mode}`, config })),
      ],
    };
    const outputs = await deploy(this.#stacks);
    for (const region of regionNames) this.#outputs.set(region, outputs[`${this.environment}.${region}.${mode}`] ?? {});
    this.#replicator = new Replicator({
      regions: Object.fromEntries(regionNames.map((region) => [region, this.service(region).url])),
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

  /** Stands for the schedules of the keepers: the emulated one is not punctual, and a test has no minutes. */
  #tick(): void {
    for (const region of regionNames) {
      const client = new LambdaClient({ region, endpoint: this.service(region).url, credentials, maxAttempts: 1 });
      const command = new InvokeCommand({
        FunctionName: functionName(this.#scope, "keeper"),
        InvocationType: "Event",
      });
      void client
        .send(command, { abortSignal: AbortSignal.timeout(scheduleMs) })
        // It runs already, or its region is away.
        .catch(() => undefined)
        .finally(() => client.destroy());
    }
  }

  service(region: string): Ministack {
    const service = this.#services.get(region);
    if (service === undefined) throw new Error(`region ${region} is not emulated`);
    return service;
  }

  /** Calls a region's API as a partner does. Status of the answer; null: it does not answer. */
  call(
    region: RegionName,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<number | null> {
    const { url } = { url: "", ...this.#outputs.get(region) };
    const { hostname, port } = new URL(this.service(region).url);
    const host = `${new URL(String(url)).hostname.split(".")[0]}.execute-api.localhost`;
    return new Promise((resolve) => {
      const call = request(
        { hostname, port, path, method: "POST", headers: { ...headers, host }, timeout: 5_000 },
        (answer) => {
          answer.resume().once("end", () => resolve(answer.statusCode ?? null));
        },
      );
      call.once("error", () => resolve(null)).once("timeout", () => call.destroy());
      call.end(body);
    });
  }

  /** Our own system at a region's bus. */
  subscribe(region: RegionName, types: readonly string[]): Promise<Subscriber> {
    return Subscriber.open(this.service(region), busName(this.#scope), types);
  }

  /** Whether what a region accepted, or was replicated to it, stands in its table. */
  async has(region: RegionName, identity: string): Promise<boolean> {
    const keys = regionNames.map((writer) => entryKey(writer, identity));
    const items = await this.#get(region, tables.connector(this.#scope, this.#options.connectors[0] ?? ""), keys);
    return items.some((item) => item !== null);
  }

  /** Whether a region's keeper says, now, that it holds a duty. */
  async holds(region: RegionName, duty: RegionName): Promise<boolean> {
    const [row] = await this.#get(region, tables.regional(this.#scope), [{ pk: "duty", sk: duty }]);
    return Number(row?.attributes.until ?? 0) > Date.now();
  }

  #get(region: RegionName, name: string, keys: readonly ItemKey[]): Promise<readonly (Item | null)[]> {
    const table = new DynamoTable({ client: clientFor(this.service(region)), region, name });
    return new Promise((done) => table.get(keys, true, (got) => done(got.kind === "got" ? got.items : [])));
  }

  /** Its functions are killed and its services are silent; what it has stored stays, as it does on AWS. */
  kill(region: RegionName): void {
    const service = this.service(region);
    service.signal("SIGSTOP");
    for (const pid of workersOf(service)) signal(pid, "SIGKILL");
    this.#replicator?.cut(region);
  }

  freeze(region: RegionName): void {
    this.service(region).signal("SIGSTOP");
    for (const pid of workersOf(this.service(region))) signal(pid, "SIGSTOP");
    this.#replicator?.cut(region);
  }

  restore(region: RegionName): void {
    for (const pid of workersOf(this.service(region))) signal(pid, "SIGCONT");
    this.service(region).signal("SIGCONT");
    this.#replicator?.heal();
  }

  async close(): Promise<void> {
    clearInterval(this.#schedule);
    this.#replicator?.stop();
    for (const region of regionNames) this.restore(region);
    const { signal: _, ...options } = this.#stacks ?? { signal: undefined };
    try {
      if ("stacks" in options && options.stacks !== undefined) {
        const stacks = options.stacks.map(({ stack }) => ({ stack }));
        await destroy({ ...options, engine: await findOrGetEngine(), stacks, remove: true, discard: ["*"] });
      }
    } finally {
      this.#standIn.stop();
      await Promise.all([...this.#services.values()].map((service) => service.kill()));
      rmSync(this.#home, { recursive: true, force: true });
    }
  }

  get #scope() {
    return { environment: this.environment, mode: this.#options.mode };
  }
}

/** Processes of a region's functions. */
const workersOf = ({ pid }: Ministack): readonly number[] => {
  try {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .split("\n")
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
};
