// Everything that reaches an emulated region or is reached from it: each path can be broken apart from the others.
import { Path, type Rule } from "../../cells/network/path.ts";
import { dialFrom, type Entrance, openProxy, openRelay } from "../../cells/network/proxy.ts";
import { addresses, otherRegion, type RegionName, regionNames, witness } from "./regions.ts";

export interface EmulatedNetworkOptions {
  /** Where the services of each region are, the witness's too: ports. */
  readonly services: Readonly<Record<RegionName | typeof witness, number>>;
  /** By the port that a definition names: where that site of a partner stands. */
  readonly sites: ReadonlyMap<number, number>;
  /** Regions that are a partner's: the port where each is reached. */
  readonly theirRegions: Readonly<Record<string, number>>;
}

interface Paths {
  /** Of functions to the sites of partners, and to the services of the other region and the witness's. */
  readonly toPartner: Path;
  readonly toPeer: Path;
  readonly toWitness: Path;
  /** To the region's API from partners, and to its bus and queues from systems of ours. */
  readonly fromPartner: Path;
  readonly fromOurs: Path;
}

interface Gate {
  readonly proxy: Entrance;
  readonly peer: Entrance;
  readonly witness: Entrance;
  readonly partner: Entrance;
  readonly ours: Entrance;
  /** By name. */
  readonly theirs: ReadonlyMap<string, Entrance>;
}

export class EmulatedNetwork {
  readonly #paths: Readonly<Record<RegionName, Paths>>;
  readonly #gates: Readonly<Record<RegionName, Gate>>;

  private constructor(paths: Readonly<Record<RegionName, Paths>>, gates: Readonly<Record<RegionName, Gate>>) {
    this.#paths = paths;
    this.#gates = gates;
  }

  static async open(options: EmulatedNetworkOptions): Promise<EmulatedNetwork> {
    const paths = { "us-east-1": pathsOf(), "us-west-2": pathsOf() };
    const [east, west] = await Promise.all([
      gateOf("us-east-1", paths["us-east-1"], options),
      gateOf("us-west-2", paths["us-west-2"], options),
    ]);
    return new EmulatedNetwork(paths, { "us-east-1": east, "us-west-2": west });
  }

  /** What the region's stack is told as `outboundProxy`. */
  proxy(region: RegionName): string {
    return this.#gates[region].proxy.url;
  }

  /** What the region's stack is told as `endpoints`: how its functions reach the services of other regions. */
  endpoints(region: RegionName): Readonly<Record<string, string>> {
    const { peer, witness: third, theirs } = this.#gates[region];
    const urls = [...theirs].map(([name, { url }]) => [name, url]);
    return { [otherRegion(region)]: peer.url, [witness]: third.url, ...Object.fromEntries(urls) };
  }

  /** Where partners, and systems of ours, reach the region's services. */
  entrance(region: RegionName, who: "partner" | "ours"): string {
    return this.#gates[region][who].url;
  }

  /** The link between a region and the partners, both ways. */
  link(region: RegionName, rule: Rule): void {
    this.#paths[region].toPartner.rule = rule;
    this.#paths[region].fromPartner.rule = rule;
  }

  /** Between the regions, both ways. */
  peers(rule: Rule): void {
    for (const region of regionNames) this.#paths[region].toPeer.rule = rule;
  }

  /** Everything to and from a region. */
  isolate(region: RegionName): void {
    this.#all(region, "cut");
    this.peers("cut");
  }

  /** Whoever calls a region, or is called by it, is told that it is not there. */
  reset(region: RegionName): void {
    this.#all(region, "reset");
    this.#paths[otherRegion(region)].toPeer.rule = "reset";
  }

  heal(): void {
    for (const region of regionNames) this.#all(region, "pass");
  }

  async close(): Promise<void> {
    for (const region of regionNames) for (const path of Object.values(this.#paths[region])) path.close();
    const open = regionNames.flatMap((region): readonly Entrance[] => {
      const { theirs, ...own } = this.#gates[region];
      return [...Object.values(own), ...theirs.values()];
    });
    await Promise.all(open.map((entrance) => entrance.close()));
  }

  #all(region: RegionName, rule: Rule): void {
    const paths: readonly Path[] = Object.values(this.#paths[region]);
    for (const path of paths) path.rule = rule;
  }
}

const pathsOf = (): Paths => ({
  toPartner: new Path("caller"),
  toPeer: new Path("caller"),
  toWitness: new Path("caller"),
  fromPartner: new Path("called"),
  fromOurs: new Path("called"),
});

async function gateOf(
  region: RegionName,
  paths: Paths,
  { services, sites, theirRegions }: EmulatedNetworkOptions,
): Promise<Gate> {
  const routes = new Map([...sites].map(([asked, port]) => [asked, { port, path: paths.toPartner }]));
  const own = services[region];
  const [proxy, peer, third, partner, ours] = await Promise.all([
    openProxy(routes, addresses[region]),
    openRelay({ port: services[otherRegion(region)], path: paths.toPeer }),
    openRelay({ port: services[witness], path: paths.toWitness }),
    openRelay({ port: own, path: paths.fromPartner }),
    openRelay({ port: own, path: paths.fromOurs }),
  ]);
  const dial = dialFrom(addresses[region]);
  const theirs = Object.entries(theirRegions).map(
    async ([name, port]) => [name, await openRelay({ port, path: paths.toPartner, dial })] as const,
  );
  return { proxy, peer, witness: third, partner, ours, theirs: new Map(await Promise.all(theirs)) };
}
