// An account on this machine. Its regions are given by who starts the command, or are started for it.
import { InvokeCommand } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { Replicator } from "../../test/aws/emulation/replicator.ts";
import { type Ministack, startMinistack } from "../../test/aws/ministack/ministack.ts";
import { killWorkers } from "../../test/aws/ministack/workers.ts";
import { startStandIn } from "../../test/aws/provider/start.ts";
import type { StackOutputs } from "../deploy/deploy.ts";
import type { Account } from "./account.ts";
import { Clients } from "./clients.ts";

const variable = "ISTHMUS_EMULATED_REGIONS";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
/** What is written in one region stands in the other within this. Milliseconds. */
const lagMs = 300;
/** A schedule calls the keepers each minute, which the emulated one does not do on time. Milliseconds. */
const scheduleMs = 5_000;
/** Short, so that a takeover is seen soon. */
const lease = { ttlMs: 4_000, marginMs: 1_000, requestTimeoutMs: 2_000 };
const patienceMs = 240_000;

/** Where regions are emulated already, as who started the command says; null: nowhere. */
export function givenRegions(): Readonly<Record<string, string>> | null {
  const given = process.env[variable];
  return given === undefined ? null : z.record(z.string(), z.url()).parse(JSON.parse(given));
}

/** @param regions every region where something is made */
export async function emulatedAccount(regions: readonly string[]): Promise<Account> {
  const given = givenRegions();
  if (given !== null) return new EmulatedAccount(given, [], () => {});
  const services = await Promise.all(regions.map((region) => startMinistack({ region })));
  const endpoints = Object.fromEntries(services.map(({ region, url }) => [region, url]));
  const standIn = await startStandIn(endpoints);
  // The engine finds the stand-in by these.
  Object.assign(process.env, standIn.variables);
  return new EmulatedAccount(endpoints, services, standIn.stop);
}

class EmulatedAccount implements Account {
  readonly clients: Clients;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly lease = lease;
  readonly patienceMs = patienceMs;
  readonly #services: readonly Ministack[];
  readonly #stop: () => void;
  #replicator: Replicator | null = null;
  #schedule: NodeJS.Timeout | undefined;

  constructor(endpoints: Readonly<Record<string, string>>, services: readonly Ministack[], stop: () => void) {
    this.endpoints = endpoints;
    this.#services = services;
    this.#stop = stop;
    this.clients = new Clients(async () => credentials, endpoints);
  }

  entrance(region: string, outputs: StackOutputs, connector: string): string {
    const api = new URL(String(outputs.url)).hostname.split(".")[0] ?? "";
    return `${this.endpoints[region]}/_aws/execute-api/${api}/$default/${connector}`;
  }

  begin(tables: readonly string[], regions: readonly string[], keeper: string): void {
    const replicated = Object.fromEntries(regions.map((region) => [region, this.endpoints[region] ?? ""]));
    this.#replicator = new Replicator({ regions: replicated, tables, lagMs });
    this.#replicator.run();
    this.#schedule = setInterval(() => this.#tick(regions, keeper), scheduleMs);
    this.#tick(regions, keeper);
  }

  stopped(region: string): void {
    for (const service of this.#services) if (service.region === region) killWorkers(service);
  }

  end(): void {
    clearInterval(this.#schedule);
    this.#replicator?.stop();
  }

  async close(): Promise<void> {
    this.clients.close();
    this.#stop();
    await Promise.all(this.#services.map((service) => service.kill()));
  }

  /** Nothing is told where a keeper is at work. */
  #tick(regions: readonly string[], keeper: string): void {
    for (const region of regions) {
      const command = new InvokeCommand({ FunctionName: keeper, InvocationType: "Event" });
      void this.clients
        .lambda(region)
        .send(command)
        .catch(() => undefined);
    }
  }
}
