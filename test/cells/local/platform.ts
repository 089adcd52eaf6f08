// This machine as a platform: processes for regions, in both of our modes beside each other.
import { rmSync } from "node:fs";
import { ports, type Site, WITNESS } from "../../../connectors/platforms/local/plan.ts";
import { deploy, destroy, type StackOptions } from "../../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../../scripts/engine/engine.ts";
import type { TopologyMode } from "../../../src/matrix/cells.ts";
import type { Isolation } from "../isolation.ts";
import { type RegionName, type RegionPorts, regionNames } from "../network/regions.ts";
import { siteNames } from "../partner/replicas.ts";
import type { Ground, Pace, Platform, SitePorts } from "../platform.ts";
import { theirNames } from "../roles.ts";
import { LocalGateway } from "./gateway.ts";
import { EmbeddedHub } from "./hub.ts";
import { Namespaces } from "./namespaces.ts";
import { LocalNetwork } from "./network.ts";
import type { Place } from "./place.ts";

type Tell = (line: string) => void;
type Engine = Omit<StackOptions, "stacks">;

interface Standing {
  readonly gateway: LocalGateway;
  readonly network: LocalNetwork;
  readonly namespaces: Namespaces | null;
}

export interface LocalOptions {
  readonly place: Place;
  readonly isolation: Isolation;
  readonly signal: AbortSignal;
}

/** The loopback addresses that calls of the regions come from. */
const addresses: Readonly<Record<TopologyMode, Readonly<Record<RegionName, string>>>> = {
  "active-active": { east: "127.0.1.1", west: "127.0.1.2" },
  "primary-secondary": { east: "127.0.2.1", west: "127.0.2.2" },
};

export class LocalPlatform implements Platform {
  readonly level = "live";
  readonly driver = "http";
  readonly isolation: Isolation;
  readonly bearsBothModes = true;
  readonly pace: Pace = {
    ratePerSecond: 2.5,
    burst: 8,
    underWay: 0,
    warmMs: 0,
    lookMs: 100,
    attempts: 3,
    patienceMs: 60_000,
  };
  readonly secrets: Place["secrets"];
  readonly #place: Place;
  readonly #engine: Engine;
  readonly #standing: Standing[] = [];
  #isUp = false;

  private constructor({ place, isolation }: LocalOptions, engine: Engine) {
    this.isolation = isolation;
    this.secrets = place.secrets;
    this.#place = place;
    this.#engine = engine;
  }

  static async open(options: LocalOptions, tell: Tell): Promise<LocalPlatform> {
    const engine = await findOrGetEngine({ onProgress: tell });
    return new LocalPlatform(options, { engine, home: options.place.home, onProgress: tell, signal: options.signal });
  }

  async prepare(mode: TopologyMode, sites: SitePorts): Promise<Ground> {
    const place = this.#place;
    const namespaces = this.isolation === "namespace" ? await namespacesOf(mode, place) : null;
    try {
      const network = await networkOf(mode, place, sites, namespaces);
      const gateway = new LocalGateway(mode, place, this.#engine, namespaces);
      this.#standing.push({ gateway, network, namespaces });
      const urls = { east: network.entrance("east", "ours"), west: network.entrance("west", "ours") };
      return {
        gateway,
        network,
        hub: new EmbeddedHub({ urls, token: (region) => gateway.token(region) }),
        entrance: (region, path) => `${network.entrance(region, "partner")}/${path}`,
        regionOf: (address) => regionNames.find((name) => addresses[mode][name] === address) ?? "nowhere",
      };
    } catch (error) {
      await namespaces?.close();
      throw error;
    }
  }

  async deploy(): Promise<void> {
    this.#isUp = true;
    await deploy({ ...this.#engine, stacks: [this.#place.global()] });
    await this.#eachRegion(({ gateway, network }, region) =>
      gateway.deploy(region, this.#place.region(region, network)),
    );
  }

  async destroy(tell: Tell): Promise<void> {
    const place = this.#place;
    try {
      if (this.#isUp) {
        const { signal: _, ...engine } = this.#engine;
        await this.#eachRegion(({ gateway }, region) => gateway.destroy(region, tell));
        const stacks = [{ stack: place.global().stack }];
        await destroy({ ...engine, onProgress: tell, stacks, remove: true, discard: ["*"] });
      }
    } finally {
      for (const { network, namespaces } of this.#standing) {
        await network.close();
        await namespaces?.close();
      }
    }
    rmSync(place.home, { recursive: true, force: true });
  }

  /** All beside each other, and all to their end before the first failure is told. */
  async #eachRegion(work: (standing: Standing, region: RegionName) => Promise<void>): Promise<void> {
    const all = this.#standing.flatMap((standing) => regionNames.map((region) => work(standing, region)));
    for (const result of await Promise.allSettled(all)) if (result.status === "rejected") throw result.reason;
  }
}

function namespacesOf(mode: TopologyMode, place: Place): Promise<Namespaces> {
  return Namespaces.open({ name: `${place.environment}.${mode}`, regions: regionPorts(siteOf(mode, place)) });
}

function regionPorts(site: Site): Readonly<Record<RegionName, RegionPorts>> {
  const portsOf = (region: RegionName): RegionPorts => {
    const { public: open, admin } = ports(site, region);
    return { public: open ?? 0, admin };
  };
  return { east: portsOf("east"), west: portsOf("west") };
}

function networkOf(
  mode: TopologyMode,
  place: Place,
  sites: SitePorts,
  namespaces: Namespaces | null,
): Promise<LocalNetwork> {
  const site = siteOf(mode, place);
  const asked = theirNames.flatMap((theirs) =>
    siteNames.map((name): [number, number] => [place.sitePort(theirs, name), sites[theirs][name]]),
  );
  return LocalNetwork.open({
    regions: regionPorts(site),
    witness: ports(site, WITNESS).admin,
    sites: new Map(asked),
    from: addresses[mode],
    namespaces,
  });
}

const siteOf = (mode: TopologyMode, { environment, home, basePort }: Place): Site => ({
  environment,
  mode,
  regions: regionNames,
  changingFrom: [],
  generation: 1,
  home,
  basePort,
});
