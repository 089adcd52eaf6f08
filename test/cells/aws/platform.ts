// Emulated regions of AWS as a platform: stacks deployed by the real engine, one of our modes after the other.
import { queueName } from "../../../connectors/platforms/aws/names.ts";
import type { TopologyMode } from "../../../src/matrix/cells.ts";
import { Emulation, type EmulationOptions } from "../../aws/emulation/emulation.ts";
import { addresses } from "../../aws/emulation/regions.ts";
import type { Rule } from "../network/path.ts";
import { type RegionName, regionNames } from "../network/regions.ts";
import type { Connect } from "../partner/connection.ts";
import { TheirCloud } from "../partner/queues/cloud.ts";
import { byEventBridge } from "../partner/queues/event-bridge.ts";
import { theirAccount, theirRegions } from "../partner/queues/names.ts";
import { bySqs } from "../partner/queues/sqs.ts";
import { siteNames } from "../partner/replicas.ts";
import type { Gateway, Ground, Network, Pace, Platform, SitePorts } from "../platform.ts";
import { type DriverName, rolesOf, theirNames } from "../roles.ts";
import { makeSecrets, usedSecrets } from "../secrets.ts";
import { Buses } from "./hub.ts";

/** What our regions are called on AWS. */
const emulated = { east: "us-east-1", west: "us-west-2" } as const satisfies Readonly<Record<RegionName, string>>;
/** What is written in one region stands in the other within this: DynamoDB says that it is a second mostly. Milliseconds. */
const replicationLagMs = 500;

/** Of one connector by its partner. */
const callsAtOnce = 3;

/** @param region as the drill calls it */
const nameOf = (region: string): string => emulated[region === "west" ? "west" : "east"];
const types = (["receive", "poll"] as const).flatMap((role) => theirNames.map((theirs) => `${role}-${theirs}.given`));

interface Standing {
  readonly emulation: Emulation;
  readonly hub: Buses;
}

export interface AwsOptions {
  readonly driver: DriverName;
  readonly signal: AbortSignal;
  /** Where logs are left. */
  readonly folder: string;
}

export class AwsPlatform implements Platform {
  readonly level = "cloud";
  readonly driver: DriverName;
  readonly connect: Connect | undefined;
  readonly isolation = "proxy";
  readonly bearsBothModes = false;
  // Two cores emulate what are thousands of machines.
  readonly pace: Pace = {
    ratePerSecond: 1,
    burst: 4,
    underWay: 40,
    warmMs: 45_000,
    lookMs: 1_000,
    attempts: 1,
    patienceMs: 180_000,
  };
  readonly secrets = makeSecrets();
  readonly #options: AwsOptions;
  /** Where the partners' own queues and buses are; null: they have none. */
  readonly #cloud: TheirCloud | null;
  readonly #connectors: readonly string[];
  readonly #standing: Standing[] = [];

  private constructor(options: AwsOptions, cloud: TheirCloud | null) {
    const { driver } = options;
    this.#options = options;
    this.#cloud = cloud;
    this.driver = driver;
    this.connect = cloud === null ? undefined : (driver === "sqs" ? bySqs : byEventBridge)(cloud, nameOf);
    this.#connectors = rolesOf(driver).flatMap((role) => theirNames.map((theirs) => `${role}-${theirs}`));
  }

  static async open(options: AwsOptions): Promise<AwsPlatform> {
    return new AwsPlatform(options, options.driver === "http" ? null : await TheirCloud.open());
  }

  async prepare(mode: TopologyMode, sites: SitePorts): Promise<Ground> {
    process.env.ISTHMUS_CELLS_DRIVER = this.driver;
    const emulation = await Emulation.open({
      name: "cells",
      mode,
      environment: "../test/cells/aws/environment.ts",
      secrets: usedSecrets(this.secrets, this.driver),
      ...(this.#cloud === null ? partnersAt(sites) : regionsAt(sites)),
      connectors: this.#connectors,
      lagMs: replicationLagMs,
      logs: this.#options.folder,
    });
    const inboxOf = (connector: string): string =>
      queueName({ environment: emulation.environment, mode }, false, connector, "inbox");
    const queues = this.#connectors.filter((name) => this.#isQueued(name)).map(inboxOf);
    const endpoint = (region: RegionName): string => emulation.urls(emulated[region]).ours;
    const hub = new Buses({ bus: emulation.bus, types, queues, nameOf, endpoint });
    this.#standing.push({ emulation, hub });
    const entrance = (region: RegionName, path: string): string => {
      const { partner } = emulation.urls(emulated[region]);
      return this.#cloud === null
        ? `${partner}/${path}`
        : `${new URL(partner).origin}/${theirAccount}/${inboxOf(path)}`;
    };
    return {
      gateway: new AwsGateway(emulation),
      network: new AwsNetwork(emulation),
      hub,
      entrance,
      regionOf: (address) => regionNames.find((name) => addresses[emulated[name]] === address) ?? "nowhere",
    };
  }

  /** Whether what it takes lies in a queue of the region first. */
  #isQueued(connector: string): boolean {
    return !connector.startsWith("poll") && (this.#cloud !== null || !connector.startsWith("receive"));
  }

  async deploy(tell: (line: string) => void): Promise<void> {
    for (const { emulation } of this.#standing) {
      await emulation.deploy(tell, this.#options.signal);
      tell("functions are started");
      const called = this.#connectors.filter((name) => this.#cloud === null && /^(receive|feed)/.test(name));
      for (const region of regionNames) await warm(emulation.urls(emulated[region]).partner, called);
    }
  }

  async destroy(): Promise<void> {
    for (const { emulation, hub } of this.#standing) {
      hub.close();
      await emulation.close();
    }
    await this.#cloud?.close();
  }
}

/**
 * Calls every function that partners call, as often at once as they will: a machine that starts all of them with the first
 * messages does nothing else for a while.
 */
async function warm(url: string, connectors: readonly string[]): Promise<void> {
  for (const connector of connectors) {
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

/** Sites of partners that are regions of AWS. */
const regionsAt = (sites: SitePorts): Pick<EmulationOptions, "settings" | "loopback" | "theirRegions"> => ({
  settings: {},
  loopback: [],
  theirRegions: Object.fromEntries(
    theirNames.flatMap((theirs) => siteNames.map((site) => [theirRegions[theirs][site], sites[theirs][site]])),
  ),
});

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

  /** What was only away runs again by itself: nobody has to deploy it. */
  async redeploy(region: RegionName): Promise<void> {
    if (this.#emulation.isLost(emulated[region])) await this.#emulation.redeploy(emulated[region]);
    else await this.restart(region);
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
