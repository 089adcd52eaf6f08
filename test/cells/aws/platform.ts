// Emulated regions of AWS as a platform: stacks deployed by the real engine, one of our modes after the other.
import { queueName } from "../../../connectors/platforms/aws/names.ts";
import type { TopologyMode } from "../../../src/matrix/cells.ts";
import { Emulation, type EmulationOptions } from "../../aws/emulation/emulation.ts";
import { addresses } from "../../aws/emulation/regions.ts";
import type { Rule } from "../network/path.ts";
import { type RegionName, regionNames } from "../network/regions.ts";
import { siteNames } from "../partner/replicas.ts";
import type { Gateway, Ground, Network, Pace, Platform, SitePorts } from "../platform.ts";
import { roles, theirNames } from "../roles.ts";
import { makeSecrets, usedSecrets } from "../secrets.ts";
import { Buses } from "./hub.ts";

/** What our regions are called on AWS. */
const emulated = { east: "us-east-1", west: "us-west-2" } as const satisfies Readonly<Record<RegionName, string>>;
/** What is written in one region stands in the other within this: DynamoDB says that it is a second mostly. Milliseconds. */
const replicationLagMs = 500;

/** Of one connector by its partner. */
const callsAtOnce = 3;

const connectors = roles.flatMap((role) => theirNames.map((theirs) => `${role}-${theirs}`));
const types = (["receive", "poll"] as const).flatMap((role) => theirNames.map((theirs) => `${role}-${theirs}.given`));

interface Standing {
  readonly emulation: Emulation;
  readonly hub: Buses;
}

export interface AwsOptions {
  readonly signal: AbortSignal;
  /** Where logs are left. */
  readonly folder: string;
}

export class AwsPlatform implements Platform {
  readonly level = "cloud";
  readonly drivers = ["http"];
  readonly isolation = "proxy";
  readonly bearsBothModes = false;
  // Two cores emulate what are thousands of machines.
  readonly pace: Pace = { ratePerSecond: 1, burst: 4, underWay: 40, lookMs: 1_000, patienceMs: 120_000 };
  readonly secrets = makeSecrets();
  readonly #options: AwsOptions;
  readonly #standing: Standing[] = [];

  constructor(options: AwsOptions) {
    this.#options = options;
  }

  async prepare(mode: TopologyMode, sites: SitePorts): Promise<Ground> {
    const emulation = await Emulation.open({
      name: "cells",
      mode,
      environment: "../test/cells/aws/environment.ts",
      secrets: usedSecrets(this.secrets),
      ...partnersAt(sites),
      connectors,
      lagMs: replicationLagMs,
      logs: this.#options.folder,
    });
    const nameOf = (region: RegionName): string => emulated[region];
    const endpoint = (region: RegionName): string => emulation.urls(emulated[region]).ours;
    const hub = new Buses({
      bus: emulation.bus,
      types,
      queues: inboxesOf(emulation.environment, mode),
      nameOf,
      endpoint,
    });
    this.#standing.push({ emulation, hub });
    return {
      gateway: new AwsGateway(emulation),
      network: new AwsNetwork(emulation),
      hub,
      entrance: (region, path) => `${emulation.urls(emulated[region]).partner}/${path}`,
      regionOf: (address) => regionNames.find((name) => addresses[emulated[name]] === address) ?? "nowhere",
    };
  }

  async deploy(tell: (line: string) => void): Promise<void> {
    for (const { emulation } of this.#standing) {
      await emulation.deploy(tell, this.#options.signal);
      tell("functions are started");
      for (const region of regionNames) await warm(emulation.urls(emulated[region]).partner);
    }
  }

  async destroy(): Promise<void> {
    for (const { emulation, hub } of this.#standing) {
      hub.close();
      await emulation.close();
    }
  }
}

/** Queues between the bus and what we send, or have read. */
const inboxesOf = (environment: string, mode: TopologyMode): readonly string[] =>
  connectors
    .filter((name) => name.startsWith("send") || name.startsWith("feed"))
    .map((name) => queueName({ environment, mode }, false, name, "inbox"));

/**
 * Calls every function that partners call, as often at once as they will: a machine that starts all of them with the first
 * messages does nothing else for a while.
 */
async function warm(url: string): Promise<void> {
  for (const connector of connectors.filter((name) => name.startsWith("receive") || name.startsWith("feed"))) {
    const method = connector.startsWith("receive") ? "POST" : "GET";
    const calls = Array.from({ length: callsAtOnce }, () => fetch(`${url}/${connector}`, { method }));
    for (const answer of await Promise.all(calls)) await answer.arrayBuffer();
  }
}

function partnersAt(sites: SitePorts): Pick<EmulationOptions, "settings" | "loopback"> {
  const all = theirNames.flatMap((theirs) =>
    siteNames.map((site) => ({ setting: `cells-${theirs}-${site}`, address: `127.0.0.1:${sites[theirs][site]}` })),
  );
  return {
    settings: Object.fromEntries(all.map(({ setting, address }) => [setting, `http://${address}`])),
    loopback: all.map(({ address }) => address),
  };
}

class AwsGateway implements Gateway {
  readonly #emulation: Emulation;

  constructor(emulation: Emulation) {
    this.#emulation = emulation;
  }

  nameOf(region: RegionName): string {
    return emulated[region];
  }

  async kill(region: RegionName): Promise<void> {
    this.#emulation.kill(emulated[region]);
  }

  async freeze(region: RegionName): Promise<void> {
    this.#emulation.freeze(emulated[region]);
  }

  async wake(region: RegionName): Promise<void> {
    this.#emulation.wake(emulated[region]);
  }

  loseDisk(region: RegionName): Promise<void> {
    return this.#emulation.loseDisk(emulated[region]);
  }

  async restart(region: RegionName): Promise<void> {
    this.#emulation.restore(emulated[region]);
  }

  redeploy(region: RegionName): Promise<void> {
    return this.#emulation.redeploy(emulated[region]);
  }

  ask(region: RegionName, path: string): Promise<unknown> {
    return this.#emulation.admin(emulated[region], "GET", path);
  }

  keepLogs(): void {
    // They are written there from the start.
  }
}

class AwsNetwork implements Network {
  readonly #emulation: Emulation;

  constructor(emulation: Emulation) {
    this.#emulation = emulation;
  }

  link(region: RegionName, rule: Rule): void {
    this.#emulation.link(emulated[region], rule);
  }

  peers(rule: Rule): void {
    this.#emulation.cutPeers(rule);
  }

  async isolate(region: RegionName): Promise<void> {
    this.#emulation.isolate(emulated[region]);
  }

  async heal(): Promise<void> {
    this.#emulation.heal();
  }
}
