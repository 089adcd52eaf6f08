// Everything that reaches an emulated region or is reached from it: each path can be broken apart from the others.
import type { Rule } from "../../cells/network/path.ts";
import { type Paths, RegionPaths } from "../../cells/network/paths.ts";
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
  readonly #paths: RegionPaths<RegionName>;
  readonly #gates: Readonly<Record<RegionName, Gate>>;

  private constructor(paths: RegionPaths<RegionName>, gates: Readonly<Record<RegionName, Gate>>) {
    this.#paths = paths;
    this.#gates = gates;
  }

  static async open(options: EmulatedNetworkOptions): Promise<EmulatedNetwork> {
    const paths = new RegionPaths(regionNames);
    const [east, west] = await Promise.all([
      gateOf("us-east-1", paths.of("us-east-1"), options),
      gateOf("us-west-2", paths.of("us-west-2"), options),
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
    this.#paths.link(region, rule);
  }

  /** Between the regions, both ways. */
  peers(rule: Rule): void {
    this.#paths.peers(rule);
  }

  /** Everything to and from a region. */
  isolate(region: RegionName): void {
    this.#paths.all(region, "cut");
    this.peers("cut");
  }

  /** Whoever calls a region, or is called by it, is told that it is not there. */
  reset(region: RegionName): void {
    this.#paths.all(region, "reset");
    this.#paths.of(otherRegion(region)).toPeer.rule = "reset";
  }

  heal(): void {
    for (const region of regionNames) this.#paths.all(region, "pass");
  }

  async close(): Promise<void> {
    this.#paths.close();
    const open = regionNames.flatMap((region): readonly Entrance[] => {
      const { theirs, ...own } = this.#gates[region];
      return [...Object.values(own), ...theirs.values()];
    });
    await Promise.all(open.map((entrance) => entrance.close()));
  }
}

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
