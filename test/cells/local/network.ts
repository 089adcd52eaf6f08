// Everything that reaches a region on this machine or is reached from it, in one mode.

import { Path, type Rule } from "../network/path.ts";
import { type Paths, RegionPaths } from "../network/paths.ts";
import { type Entrance, openProxy, openRelay, type Route } from "../network/proxy.ts";
import { otherRegion, type RegionName, type RegionPorts, regionNames } from "../network/regions.ts";
import type { Network } from "../platform.ts";
import type { Namespaces } from "./namespaces.ts";

export interface NetworkOptions {
  readonly regions: Readonly<Record<RegionName, RegionPorts>>;
  readonly witness: number;
  /** By the port that a definition names: where that site of the partner stands in this mode. */
  readonly sites: ReadonlyMap<number, number>;
  /** The loopback address that each region's calls come from. */
  readonly from: Readonly<Record<RegionName, string>>;
  /** Where the regions stand; null: on the drill's own loopback. */
  readonly namespaces: Namespaces | null;
}

interface Gate {
  readonly proxy: Entrance;
  readonly partner: Entrance;
  readonly ours: Entrance;
  /** For the drill itself; null: it asks the region where it stands. */
  readonly admin: Entrance | null;
}

export class LocalNetwork implements Network {
  readonly #paths: RegionPaths<RegionName>;
  readonly #gates: Readonly<Record<RegionName, Gate>>;
  readonly #namespaces: Namespaces | null;

  private constructor(
    paths: RegionPaths<RegionName>,
    gates: Readonly<Record<RegionName, Gate>>,
    namespaces: Namespaces | null,
  ) {
    this.#paths = paths;
    this.#gates = gates;
    this.#namespaces = namespaces;
  }

  static async open(options: NetworkOptions): Promise<LocalNetwork> {
    const paths = new RegionPaths(regionNames);
    const [east, west] = await Promise.all(regionNames.map((region) => gateOf(region, paths.of(region), options)));
    if (east === undefined || west === undefined) throw new Error("a region has no gate");
    return new LocalNetwork(paths, { east, west }, options.namespaces);
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
    this.#paths.link(region, rule);
  }

  /** Between the regions, both ways. */
  peers(rule: Rule): void {
    this.#paths.peers(rule);
  }

  /** Everything to and from a region: by its namespace where it has one, else on every path. */
  async isolate(region: RegionName): Promise<void> {
    if (this.#namespaces !== null) await this.#namespaces.cut(region);
    else this.#rule(region, "cut");
  }

  async heal(): Promise<void> {
    for (const region of regionNames) {
      this.#rule(region, "pass");
      await this.#namespaces?.heal(region);
    }
  }

  #rule(region: RegionName, rule: "cut" | "pass"): void {
    this.#paths.all(region, rule);
    this.#paths.peers(rule);
  }

  async close(): Promise<void> {
    this.#paths.close();
    const open: readonly (Entrance | null)[] = regionNames.flatMap((region) => Object.values(this.#gates[region]));
    await Promise.all(open.map((entrance) => entrance?.close()));
  }
}

async function gateOf(region: RegionName, paths: Paths, options: NetworkOptions): Promise<Gate> {
  const { namespaces } = options;
  const peer = options.regions[otherRegion(region)].admin;
  const routes = new Map<number, Route>([
    [peer, { port: peer, path: paths.toPeer, dial: namespaces?.dial(otherRegion(region)) }],
    [options.witness, { port: options.witness, path: paths.toWitness }],
    ...[...options.sites].map(([asked, port]): [number, Route] => [asked, { port, path: paths.toPartner }]),
  ]);
  const { public: port, admin: adminPort } = options.regions[region];
  const dial = namespaces?.dial(region);
  const doorway =
    namespaces === null ? undefined : { socket: await namespaces.listen(region), url: namespaces.proxyUrl };
  const [proxy, partner, ours, admin] = await Promise.all([
    openProxy(routes, options.from[region], doorway),
    openRelay({ port, path: paths.fromPartner, dial }),
    openRelay({ port, path: paths.fromOurs, dial }),
    dial === undefined ? null : openRelay({ port: adminPort, path: new Path("called"), dial }, adminPort),
  ]);
  return { proxy, partner, ours, admin };
}
