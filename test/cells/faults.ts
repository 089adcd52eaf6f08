// What is made to happen, and undone: each fault really, to the processes, the disks, the network and the partner's sites.
import type { Subject } from "./judge/run.ts";
import type { Rule } from "./network/path.ts";
import { type RegionName, regionNames } from "./network/regions.ts";
import type { World } from "./world.ts";

export interface Fault {
  readonly on: Subject;
  /** How long it lasts at least before it is undone, in milliseconds. */
  readonly lastsMs: number;
  begin(world: World): Promise<void> | void;
  end(world: World): Promise<void> | void;
}

/** The region that is hit, and the site in use that is. */
export const victim: RegionName = "east";
const site = "a";

/** Longer than a lease and the takeover after it. */
const takeoverMs = 15_000;
/** Longer than their failover, the switch after it, and a while at the other site. */
const switchMs = 9_000;
/** Longer than it takes to see that a link is bad and to hand over. */
const handOverMs = 18_000;
const holdMs = 8_000;
/** Longer than a request may take. */
const slowMs = 3_500;

export const killed: Fault = {
  on: "region",
  lastsMs: takeoverMs,
  begin: async ({ gateway }) => void (await gateway.kill(victim)),
  end: ({ gateway }) => gateway.restart(victim),
};

/** As `killed`, brought back by the engine as a user does it. */
export const killedAndDeployed: Fault = { ...killed, end: ({ gateway }) => gateway.redeploy(victim) };

export const frozen: Fault = {
  on: "region",
  lastsMs: takeoverMs,
  begin: ({ gateway }) => gateway.freeze(victim),
  end: ({ gateway }) => gateway.wake(victim),
};

export const isolated: Fault = {
  on: "region",
  lastsMs: takeoverMs,
  begin: ({ network }) => network.isolate(victim),
  end: ({ network }) => network.heal(),
};

export const cutFromPeer: Fault = {
  on: "peers",
  lastsMs: holdMs,
  begin: ({ network }) => network.peers("cut"),
  end: ({ network }) => network.heal(),
};

export const diskLost: Fault = {
  on: "region",
  lastsMs: takeoverMs,
  begin: async (world) => {
    await world.restHub(victim);
    await world.gateway.kill(victim);
    await world.gateway.loseDisk(victim);
    world.startLoad();
  },
  end: ({ gateway }) => gateway.redeploy(victim),
};

export const oneSite: Fault = {
  on: "site",
  lastsMs: switchMs,
  begin: (world) => world.stopSite(site, false),
  end: (world) => world.startSite(site),
};

export const allSites: Fault = {
  on: "sites",
  lastsMs: holdMs,
  begin: async (world) => {
    await world.stopSite("a", false);
    await world.stopSite("b", false);
  },
  end: async (world) => {
    await world.startSite("a");
    await world.startSite("b");
  },
};

export const slowSite: Fault = {
  on: "site",
  lastsMs: switchMs,
  begin: (world) => world.slowSite(site, slowMs),
  end: (world) => world.slowSite(site, 0),
};

export const forgetfulSite: Fault = {
  on: "site",
  lastsMs: switchMs,
  begin: (world) => world.stopSite(site, true),
  end: (world) => world.startSite(site),
};

const badLink = (regions: readonly RegionName[], rule: Rule, lastsMs: number): Fault => ({
  on: regions.length === 1 ? "link" : "links",
  lastsMs,
  begin: ({ network }) => {
    for (const region of regions) network.link(region, rule);
  },
  end: ({ network }) => network.heal(),
});

export const oneRegionLink = badLink([victim], "cut", handOverMs);
export const allLinks = badLink(regionNames, "cut", holdMs);
export const oneDirection = badLink([victim], "region-unheard", handOverMs);
export const largePacketsLost = badLink([victim], "narrow", handOverMs);
