// Everything around the gateway in one mode: the partners, our own systems, and the load that they make.
import type { TopologyMode } from "../../src/matrix/cells.ts";
import { keys } from "./definitions/roles.ts";
import type { Ledger, Write } from "./ledger.ts";
import { type RegionName, regionNames } from "./network/regions.ts";
import { Publisher } from "./ours/publisher.ts";
import { Subscriber } from "./ours/subscriber.ts";
import { Partner } from "./partner/partner.ts";
import type { SiteName } from "./partner/replicas.ts";
import type { Gateway, Ground, Hub, Network, Pace, Platform, SitePorts } from "./platform.ts";
import { type DrilledRole, type DriverName, rolesOf, type TheirName, theirNames } from "./roles.ts";
import { Status, until } from "./status.ts";

/** Shorter than the partners' recoveryPoint: what they promise, and what they really have. */
export const lagMs = 1_000;
const callMs = 3_000;
/** Of so many messages one is longer than what a narrow link carries. */
const longEvery = 4;
const longBallast = "x".repeat(2_000);

export class World {
  readonly mode: TopologyMode;
  readonly level: Platform["level"];
  readonly driver: DriverName;
  readonly pace: Pace;
  readonly network: Network;
  readonly gateway: Gateway;
  readonly status: Status;
  readonly partners: readonly Partner[];
  readonly #hub: Hub;
  readonly #publisher: Publisher;
  readonly #subscriber: Subscriber;
  readonly #listener: Listener;
  #load: NodeJS.Timeout | null = null;
  // Numbers of a later session are above those of an earlier one: an identity is given once.
  #made = Math.floor(Date.now() / 100) % 1_000_000_000;

  private constructor(mode: TopologyMode, { platform, ground, partners, listener }: WorldParts) {
    this.mode = mode;
    this.level = platform.level;
    this.driver = platform.driver;
    this.pace = platform.pace;
    this.network = ground.network;
    this.gateway = ground.gateway;
    this.status = new Status(mode, ground.gateway);
    this.partners = Object.values(partners);
    this.#listener = listener;
    this.#hub = ground.hub;
    this.#publisher = new Publisher(ground.hub, (key) => firstRegion(mode, key), listener.write);
    this.#subscriber = new Subscriber(ground.hub, listener.write);
  }

  /** Opens what stands before the gateway does: the partners, and the network between them and our regions. */
  static async open(mode: TopologyMode, platform: Platform): Promise<World> {
    const listener = new Listener();
    // Partners are there before the network that leads to them.
    const late: { ground?: Ground } = {};
    const options = { mode, platform, write: listener.write, ground: () => late.ground };
    const [ps, aa] = await Promise.all([partnerOf("ps", options), partnerOf("aa", options)]);
    const partners = { ps, aa };
    late.ground = await platform.prepare(mode, { ps: portsOf(ps), aa: portsOf(aa) });
    return new World(mode, { platform, ground: late.ground, partners, listener });
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
    this.#load = setInterval(() => this.make(1), 1_000 / this.pace.ratePerSecond);
  }

  stopLoad(): void {
    if (this.#load !== null) clearInterval(this.#load);
    this.#load = null;
  }

  /**
   * Without load, until the hub of a region that is about to lose all that it stores has nothing left: what it holds then is
   * lost with it, and the gateway never had it. Load goes on after `startLoad`.
   */
  async restHub(region: RegionName): Promise<void> {
    if (this.#hub.rest === undefined) return;
    this.stopLoad();
    const patience = AbortSignal.timeout(this.pace.patienceMs);
    await until(patience, () => this.isIdle);
    await this.#hub.rest(region, patience);
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
        for (const role of rolesOf(this.driver)) this.#makeOne(role, theirNames[at] ?? "ps", partner, made);
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
  }

  #makeOne(role: DrilledRole, theirs: TheirName, partner: Partner, made: Made): void {
    if (role === "receive" || role === "poll") partner.make(role, made);
    else this.#publisher.publish(`${role}-${theirs}`, made);
  }
}

interface WorldParts {
  readonly platform: Platform;
  readonly ground: Ground;
  readonly partners: Readonly<Record<TheirName, Partner>>;
  readonly listener: Listener;
}
type Made = Parameters<Partner["make"]>[1];

/** Partners and systems live longer than the ledger of one run. */
class Listener {
  ledger: Ledger | null = null;
  readonly write: Write = (line) => this.ledger?.write(line);
}

/** In primary-secondary everybody calls the primary; else half of the keys each, across the partner's own halves. */
const firstRegion = (mode: TopologyMode, key: number): RegionName =>
  mode === "primary-secondary" || key % keys < keys / 2 ? "east" : "west";

interface PartnerSurroundings {
  readonly mode: TopologyMode;
  readonly platform: Platform;
  readonly write: Write;
  readonly ground: () => Ground | undefined;
}

async function partnerOf(theirs: TheirName, { mode, platform, write, ground }: PartnerSurroundings): Promise<Partner> {
  const partner = new Partner({
    theirs,
    write,
    lagMs,
    timeoutMs: callMs,
    region: (region, path) => ground()?.entrance(region === "west" ? "west" : "east", path) ?? "",
    regions: regionNames,
    firstRegion: (key) => firstRegion(mode, key),
    regionOf: (address) => ground()?.regionOf(address) ?? "nowhere",
    secrets: platform.secrets,
    keys,
    roles: rolesOf(platform.driver),
    connect: platform.connect,
  });
  await partner.open();
  return partner;
}

const portsOf = (partner: Partner): SitePorts[TheirName] => ({ a: partner.port("a"), b: partner.port("b") });
