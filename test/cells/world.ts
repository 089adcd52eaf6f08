// Everything around the gateway in one mode: its network, the partners, our own systems, and the load that they make.
import { ports, type Site, WITNESS } from "../../connectors/platforms/local/plan.ts";
import type { StackOptions } from "../../scripts/deploy/deploy.ts";
import type { TopologyMode } from "../../src/matrix/cells.ts";
import { CellGateway } from "./gateway.ts";
import type { Isolation } from "./isolation.ts";
import type { Ledger, Write } from "./ledger.ts";
import { Namespaces } from "./network/namespaces.ts";
import { Network } from "./network/network.ts";
import { type RegionName, type RegionPorts, regionNames } from "./network/regions.ts";
import { Publisher } from "./ours/publisher.ts";
import { Subscriber } from "./ours/subscriber.ts";
import { Partner } from "./partner/partner.ts";
import { type SiteName, siteNames } from "./partner/replicas.ts";
import type { Place } from "./place.ts";
import { type DrilledRole, roles, type TheirName, theirNames } from "./roles.ts";

/** Shorter than the partners' recoveryPoint: what they promise, and what they really have. */
export const lagMs = 1_000;
const callMs = 3_000;
const keys = 4;
/** Messages a second of each cell. */
const ratePerSecond = 2.5;
/** Of so many messages one is longer than what a narrow link carries. */
const longEvery = 4;
const longBallast = "x".repeat(2_000);

/** The loopback addresses that calls of the regions come from. */
const addresses: Readonly<Record<TopologyMode, Readonly<Record<RegionName, string>>>> = {
  "active-active": { east: "127.0.1.1", west: "127.0.1.2" },
  "primary-secondary": { east: "127.0.2.1", west: "127.0.2.2" },
};

export class World {
  readonly mode: TopologyMode;
  readonly network: Network;
  readonly gateway: CellGateway;
  readonly partners: readonly Partner[];
  readonly #publisher: Publisher;
  readonly #subscriber: Subscriber;
  readonly #listener: Listener;
  readonly #namespaces: Namespaces | null;
  #load: NodeJS.Timeout | null = null;
  // Numbers of a later session are above those of an earlier one: an identity is given once.
  #made = Math.floor(Date.now() / 100) % 1_000_000_000;

  private constructor(mode: TopologyMode, parts: WorldParts) {
    this.mode = mode;
    this.network = parts.network;
    this.gateway = parts.gateway;
    this.partners = Object.values(parts.partners);
    this.#listener = parts.listener;
    this.#namespaces = parts.namespaces;
    const { gateway, network, listener } = parts;
    const hubs = { urls: entrances(network, "ours"), token: (region: RegionName) => gateway.token(region) };
    this.#publisher = new Publisher(hubs, (key) => firstRegion(mode, key), listener.write);
    this.#subscriber = new Subscriber(hubs, listener.write);
  }

  /** Opens what stands before the gateway does: its network and the partners. */
  static async open(mode: TopologyMode, isolation: Isolation, place: Place, engine: Engine): Promise<World> {
    const namespaces = isolation === "namespace" ? await namespacesOf(mode, place) : null;
    try {
      return await World.#openIn(namespaces, mode, place, engine);
    } catch (error) {
      await namespaces?.close();
      throw error;
    }
  }

  static async #openIn(
    namespaces: Namespaces | null,
    mode: TopologyMode,
    place: Place,
    engine: Engine,
  ): Promise<World> {
    const listener = new Listener();
    // Partners are there before the network that leads to them.
    const late: { network?: Network } = {};
    const reach = (region: string, path: string): string =>
      `${late.network?.entrance(region === "west" ? "west" : "east", "partner")}/${path}`;
    const [ps, aa] = await Promise.all([
      partnerOf("ps", mode, place, listener.write, reach),
      partnerOf("aa", mode, place, listener.write, reach),
    ]);
    const partners = { ps, aa };
    const network = await networkOf(mode, place, partners, namespaces);
    late.network = network;
    const gateway = new CellGateway(mode, place, engine, namespaces);
    return new World(mode, { network, gateway, partners, listener, namespaces });
  }

  /** Begins to call the gateway, and to read what it publishes. */
  run(): void {
    this.#subscriber.run();
    for (const partner of this.partners) partner.run();
  }

  /** Where what happens is written down from now on; null: nowhere. */
  set ledger(ledger: Ledger | null) {
    this.#listener.ledger = ledger;
    if (ledger !== null) for (const partner of this.partners) partner.trim();
  }

  startLoad(): void {
    this.stopLoad();
    this.#load = setInterval(() => this.make(1), 1_000 / ratePerSecond);
  }

  stopLoad(): void {
    if (this.#load !== null) clearInterval(this.#load);
    this.#load = null;
  }

  /** So many messages at once for each cell. */
  make(count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.#made += 1;
      const made = {
        n: this.#made,
        key: this.#made % keys,
        ballast: this.#made % (longEvery + 1) === 0 ? longBallast : "x",
      };
      for (const [at, partner] of this.partners.entries()) {
        for (const role of roles) this.#makeOne(role, theirNames[at] ?? "ps", partner, made);
      }
    }
  }

  /** Whether nobody has anything left to give. */
  get isIdle(): boolean {
    return this.#publisher.isIdle && this.partners.every(({ isIdle }) => isIdle);
  }

  async stopSite(site: SiteName, loss: boolean): Promise<void> {
    await Promise.all(this.partners.map((partner) => partner.stopSite(site, loss)));
  }

  async startSite(site: SiteName): Promise<void> {
    await Promise.all(this.partners.map((partner) => partner.startSite(site)));
  }

  slowSite(site: SiteName, ms: number): void {
    for (const partner of this.partners) partner.slowSite(site, ms);
  }

  /** Everybody calls the region again that is first for him, as after a failover record was taken back. */
  goHome(): void {
    this.#publisher.goHome();
    for (const partner of this.partners) partner.goHome();
  }

  async close(): Promise<void> {
    this.stopLoad();
    this.#publisher.close();
    await Promise.all([...this.partners.map((partner) => partner.close()), this.#subscriber.close()]);
    await this.network.close();
    await this.#namespaces?.close();
  }

  #makeOne(role: DrilledRole, theirs: TheirName, partner: Partner, made: Made): void {
    if (role === "receive" || role === "poll") partner.make(role, made);
    else this.#publisher.publish(`${role}-${theirs}`, made);
  }
}

interface WorldParts {
  readonly network: Network;
  readonly gateway: CellGateway;
  readonly partners: Readonly<Record<TheirName, Partner>>;
  readonly listener: Listener;
  readonly namespaces: Namespaces | null;
}
type Engine = Omit<StackOptions, "stacks">;
type Made = Parameters<Partner["make"]>[1];

/** Partners and systems live longer than the ledger of one run. */
class Listener {
  ledger: Ledger | null = null;
  readonly write: Write = (line) => this.ledger?.write(line);
}

/** In primary-secondary everybody calls the primary; else half of the keys each, across the partner's own halves. */
const firstRegion = (mode: TopologyMode, key: number): RegionName =>
  mode === "primary-secondary" || key % keys < keys / 2 ? "east" : "west";

async function partnerOf(
  theirs: TheirName,
  mode: TopologyMode,
  place: Place,
  write: Write,
  region: (region: string, path: string) => string,
): Promise<Partner> {
  const partner = new Partner({
    theirs,
    write,
    lagMs,
    timeoutMs: callMs,
    region,
    regions: regionNames,
    firstRegion: (key) => firstRegion(mode, key),
    regionOf: (address) => regionNames.find((name) => addresses[mode][name] === address) ?? "nowhere",
    secrets: place.secrets,
    keys,
    roles,
  });
  await partner.open();
  return partner;
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
  partners: Readonly<Record<TheirName, Partner>>,
  namespaces: Namespaces | null,
): Promise<Network> {
  const site = siteOf(mode, place);
  const sites = theirNames.flatMap((theirs) =>
    siteNames.map((name): [number, number] => [place.sitePort(theirs, name), partners[theirs].port(name)]),
  );
  return Network.open({
    regions: regionPorts(site),
    witness: ports(site, WITNESS).admin,
    sites: new Map(sites),
    from: addresses[mode],
    namespaces,
  });
}

const entrances = (network: Network, who: "partner" | "ours"): Readonly<Record<RegionName, string>> => ({
  east: network.entrance("east", who),
  west: network.entrance("west", who),
});

const siteOf = (mode: TopologyMode, { environment, home, basePort }: Place): Site => ({
  environment,
  mode,
  regions: regionNames,
  changingFrom: [],
  generation: 1,
  home,
  basePort,
});
