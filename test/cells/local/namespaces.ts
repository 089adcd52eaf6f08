// Regions in network namespaces of their own (Linux, root): what is sent to a region that is cut off, or by it, really
// vanishes. Another namespace stands for everything between them; only links to the regions are there, and no way out.
import { execFile } from "node:child_process";
import type { Server, Socket } from "node:net";
import { promisify } from "node:util";
import { type RegionName, type RegionPorts, regionNames } from "../network/regions.ts";
import { Door } from "./door.ts";

const run = promisify(execFile);
const ip = async (...args: readonly string[]): Promise<string> => (await run("ip", [...args])).stdout;

/** On the loopback of a region's namespace: where its calls leave it. */
const proxyPort = 3128;
const uplink = "uplink";
/** Addresses for tests of networks (RFC 2544), one pair for each link. */
const near = (region: RegionName): string => `198.18.${regionNames.indexOf(region)}.1`;
const far = (region: RegionName): string => `198.18.${regionNames.indexOf(region)}.2`;

export interface NamespacesOptions {
  /** What the names of all namespaces begin with. */
  readonly name: string;
  readonly regions: Readonly<Record<RegionName, RegionPorts>>;
}

export class Namespaces {
  /** What a region's stack is told as `outboundProxy`. */
  readonly proxyUrl = `http://127.0.0.1:${proxyPort}`;
  readonly #name: string;
  readonly #door: Door;

  private constructor(name: string, door: Door) {
    this.#name = name;
    this.#door = door;
  }

  /** @throws where one of the names is taken, saying how to free it; nothing is left then */
  static async open({ name, regions }: NamespacesOptions): Promise<Namespaces> {
    const middle = middleOf(name);
    await requireFree(name);
    try {
      await make(middle);
      for (const region of regionNames) await link(name, region, regions[region]);
      return new Namespaces(name, await Door.open(middle));
    } catch (error) {
      await removeAll(name);
      throw error;
    }
  }

  /** The namespace that a region stands in. */
  of(region: RegionName): string {
    return namespaceOf(this.#name, region);
  }

  /** Connects to a port of a region. */
  dial(region: RegionName): (port: number, signal: AbortSignal) => Promise<Socket> {
    return (port, signal) => this.#door.connect(far(region), port, signal);
  }

  /** Where the calls of a region arrive. */
  listen(region: RegionName): Promise<Server> {
    return this.#door.listen(near(region), proxyPort);
  }

  /** Every packet to and from the region vanishes, those of connections that stand too. Nobody is told. */
  async cut(region: RegionName): Promise<void> {
    await filter(this.of(region), [
      "add table ip cut",
      `add chain ip cut arriving { type filter hook prerouting priority raw; }`,
      `add rule ip cut arriving iifname "${uplink}" drop`,
      `add chain ip cut leaving { type filter hook postrouting priority 0; }`,
      `add rule ip cut leaving oifname "${uplink}" drop`,
    ]);
  }

  /** Undoes `cut`; also where nothing is cut. */
  async heal(region: RegionName): Promise<void> {
    await filter(this.of(region), ["add table ip cut", "delete table ip cut"]);
  }

  /** Removes the namespaces, and with them the links and whatever still runs there. */
  async close(): Promise<void> {
    await this.#door.close();
    await removeAll(this.#name);
  }
}

/** Why regions cannot have namespaces on this machine; null: they can. Tries it. */
export async function hindrance(): Promise<string | null> {
  if (process.platform !== "linux") return "network namespaces are Linux only";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const name = `isthmus-trial-${process.pid}`;
  try {
    const ports = { public: 1, admin: 2 };
    await (await Namespaces.open({ name, regions: { east: ports, west: ports } })).close();
    return null;
  } catch (error) {
    return `ip netns and nft are needed (Debian: iproute2, nftables): ${reasonOf(error)}`;
  }
}

/** What the command itself said, where it said something. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return said.split("\n")[0] || (error instanceof Error ? error.message : String(error));
}

const middleOf = (name: string): string => `${name}.middle`;
const namespaceOf = (name: string, region: RegionName): string => `${name}.${region}`;
const allOf = (name: string): readonly string[] => [
  ...regionNames.map((region) => namespaceOf(name, region)),
  middleOf(name),
];

async function make(namespace: string): Promise<void> {
  await ip("netns", "add", namespace);
  await ip("-n", namespace, "link", "set", "dev", "lo", "up");
}

async function link(name: string, region: RegionName, ports: RegionPorts): Promise<void> {
  const [middle, namespace] = [middleOf(name), namespaceOf(name, region)];
  await make(namespace);
  await ip("-n", middle, "link", "add", region, "type", "veth", "peer", "name", uplink, "netns", namespace);
  await ip("-n", middle, "address", "add", `${near(region)}/30`, "dev", region);
  await ip("-n", namespace, "address", "add", `${far(region)}/30`, "dev", uplink);
  await ip("-n", middle, "link", "set", "dev", region, "up");
  await ip("-n", namespace, "link", "set", "dev", uplink, "up");
  // A region listens on its loopback only, and calls a proxy there only.
  const allow = `echo 1 > /proc/sys/net/ipv4/conf/${uplink}/route_localnet`;
  await ip("netns", "exec", namespace, "sh", "-c", allow);
  await filter(namespace, entrances(ports, near(region), far(region)));
}

/** Leads what arrives to the region's loopback, and what it calls there to the other end of the link. */
const entrances = (ports: RegionPorts, there: string, here: string): readonly string[] => [
  "add table ip ways",
  "add chain ip ways arriving { type nat hook prerouting priority dstnat; }",
  `add rule ip ways arriving iifname "${uplink}" tcp dport { ${ports.public}, ${ports.admin} } dnat to 127.0.0.1`,
  "add chain ip ways calling { type nat hook output priority -100; }",
  `add rule ip ways calling ip daddr 127.0.0.1 tcp dport ${proxyPort} dnat to ${there}`,
  "add chain ip ways leaving { type nat hook postrouting priority srcnat; }",
  `add rule ip ways leaving oifname "${uplink}" ip saddr 127.0.0.0/8 snat to ${here}`,
];

/** All of the rules, or none. */
async function filter(namespace: string, rules: readonly string[]): Promise<void> {
  await ip("netns", "exec", namespace, "nft", rules.join("\n"));
}

async function requireFree(name: string): Promise<void> {
  const there = await existing();
  const taken = allOf(name).filter((each) => there.has(each));
  if (taken.length === 0) return;
  const removal = taken.map((each) => `ip netns delete ${each}`).join("; ");
  throw new Error(
    `network namespaces of another drill are there: let it end, or take another --base-port; where it was killed: ${removal}`,
  );
}

const existing = async (): Promise<ReadonlySet<string>> =>
  new Set((await ip("netns", "list")).split("\n").map((line) => line.split(" ")[0] ?? ""));

async function removeAll(name: string): Promise<void> {
  const there = await existing();
  const removed = await Promise.allSettled(
    allOf(name)
      .filter((each) => there.has(each))
      .map(remove),
  );
  for (const result of removed) if (result.status === "rejected") throw result.reason;
}

async function remove(namespace: string): Promise<void> {
  for (const pid of (await ip("netns", "pids", namespace)).split("\n").filter(Boolean)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
  await ip("netns", "delete", namespace);
}
