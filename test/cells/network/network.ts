// Everything that reaches a region or is reached from it, in one mode: each path can be broken apart from the others.
import { Path, type Rule } from "./path.ts";
import { type Entrance, openProxy, openRelay, type Route } from "./proxy.ts";

export const regionNames = ["east", "west"] as const;
export type RegionName = (typeof regionNames)[number];
export const otherRegion = (region: RegionName): RegionName => (region === "east" ? "west" : "east");

export interface RegionPorts {
  readonly public: number;
  readonly admin: number;
}

export interface NetworkOptions {
  readonly regions: Readonly<Record<RegionName, RegionPorts>>;
  readonly witness: number;
  /** By the port that a definition names: where that site of the partner stands in this mode. */
  readonly sites: ReadonlyMap<number, number>;
  /** The loopback address that each region's calls come from. */
  readonly from: Readonly<Record<RegionName, string>>;
}

interface Paths {
  /** To the partner's sites. */
  readonly toPartner: Path;
  /** To the other region, and to the witness. */
  readonly toPeer: Path;
  readonly toWitness: Path;
  /** From the partner, and from systems of ours. */
  readonly fromPartner: Path;
  readonly fromOurs: Path;
}

interface Gate {
  readonly proxy: Entrance;
  readonly partner: Entrance;
  readonly ours: Entrance;
}

export class Network {
  readonly #paths: Readonly<Record<RegionName, Paths>>;
  readonly #gates: Readonly<Record<RegionName, Gate>>;

  private constructor(paths: Readonly<Record<RegionName, Paths>>, gates: Readonly<Record<RegionName, Gate>>) {
    this.#paths = paths;
    this.#gates = gates;
  }

  static async open(options: NetworkOptions): Promise<Network> {
    const paths = { east: pathsOf(), west: pathsOf() };
    const [east, west] = await Promise.all(regionNames.map((region) => gateOf(region, paths[region], options)));
    if (east === undefined || west === undefined) throw new Error("a region has no gate");
    return new Network(paths, { east, west });
  }

  /** What the region's stack is told as `outboundProxy`. */
  proxy(region: RegionName): string {
    return this.#gates[region].proxy.url;
  }

  /** Where partners, and systems of ours, reach the region. */
  entrance(region: RegionName, who: "partner" | "ours"): string {
    return this.#gates[region][who].url;
  }

  /** The link between a region and the partner, both ways. */
  link(region: RegionName, rule: Rule): void {
    this.#paths[region].toPartner.rule = rule;
    this.#paths[region].fromPartner.rule = rule;
  }

  /** Between the regions, both ways. */
  peers(rule: Rule): void {
    for (const region of regionNames) this.#paths[region].toPeer.rule = rule;
  }

  /** Everything to and from a region. */
  isolate(region: RegionName, rule: "cut" | "pass"): void {
    this.link(region, rule);
    this.peers(rule);
    this.#paths[region].toWitness.rule = rule;
    this.#paths[region].fromOurs.rule = rule;
  }

  heal(): void {
    for (const region of regionNames) this.isolate(region, "pass");
  }

  async close(): Promise<void> {
    for (const region of regionNames) for (const path of Object.values(this.#paths[region])) path.close();
    const open = regionNames.flatMap((region) => Object.values(this.#gates[region]));
    await Promise.all(open.map((entrance: Entrance) => entrance.close()));
  }
}

const pathsOf = (): Paths => ({
  toPartner: new Path("caller"),
  toPeer: new Path("caller"),
  toWitness: new Path("caller"),
  fromPartner: new Path("called"),
  fromOurs: new Path("called"),
});

async function gateOf(region: RegionName, paths: Paths, options: NetworkOptions): Promise<Gate> {
  const peer = options.regions[otherRegion(region)].admin;
  const routes = new Map<number, Route>([
    [peer, { port: peer, path: paths.toPeer }],
    [options.witness, { port: options.witness, path: paths.toWitness }],
    ...[...options.sites].map(([asked, port]): [number, Route] => [asked, { port, path: paths.toPartner }]),
  ]);
  const port = options.regions[region].public;
  const [proxy, partner, ours] = await Promise.all([
    openProxy(routes, options.from[region]),
    openRelay({ port, path: paths.fromPartner }),
    openRelay({ port, path: paths.fromOurs }),
  ]);
  return { proxy, partner, ours };
}
