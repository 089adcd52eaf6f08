// What a gateway is, from its arguments: all validation, no resources.
import { checkRegions } from "../../src/define/check/regions.ts";
import { allRegions } from "../../src/define/environment.ts";
import { type LeasePolicy, leases, type Platform } from "../../src/define/policy.ts";
import { type Problem, problem } from "../../src/define/problem.ts";
import { outboundProxy } from "../../src/hosts/node/config.ts";
import { LAST_BASE_PORT, MOST_REGIONS, voterSets, WITNESS } from "../platforms/local/plan.ts";
import { MODES, type Mode } from "../platforms/mode.ts";
import { refuse } from "../problems.ts";

/** What all regions of an environment must say alike. Plain: it decides which resources exist. */
export interface GatewayFacts {
  /** Where the gateway runs. This version has `local`. */
  platform: string;
  /** Names everything that is made. */
  environment: string;
  /** In order: in primary-secondary the first is the primary. */
  regions: string[];
  /** The regions before, while one is added or removed: then both sets of voters decide. */
  changingFrom?: string[];
  /** Counts the steps of such changes: odd where the regions are settled, even while they change. @default 1 */
  generation?: number;
  /** `active-active` or `primary-secondary`. */
  topology: string;
  /** Local platform: the first of the ports. @default 7400 */
  basePort?: number;
  /** Local platform: the folder that holds all state, as an absolute path. */
  home?: string;
  /** Local platform: loopback addresses that partners may have, `127.0.0.1:9443`. @default none */
  loopback?: string[];
}

export interface GatewayPlan {
  readonly platform: "local";
  readonly environment: string;
  readonly regions: readonly string[];
  /** Empty where the regions are settled. */
  readonly changingFrom: readonly string[];
  readonly generation: number;
  readonly topology: Mode;
  readonly witness: boolean;
  readonly basePort: number;
  readonly home: string;
  readonly loopback: readonly string[];
  readonly lease: LeasePolicy;
}

const PLATFORMS: readonly Platform[] = ["local"];
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const RESERVED: readonly string[] = [WITNESS, "global"];
export const DEFAULT_BASE_PORT = 7400;

/** What may differ between the regions of an environment. */
export interface RegionFacts {
  /** The region that the gateway is in; one of `regions`. */
  region: string;
  /**
   * Local platform: HTTP proxy on this machine that calls to partners, peers and voters go through,
   * `http://127.0.0.1:3128`. @default none
   */
  outboundProxy?: string;
}

/** @throws PlanError naming every field that is wrong. */
export function planGateway(name: string, facts: GatewayFacts, own?: RegionFacts): GatewayPlan {
  refuse(`gateway ${name}`, [
    ...checkFacts(facts),
    ...(own === undefined ? [] : [...checkRegion(own.region, allRegions(facts)), ...checkProxy(own.outboundProxy)]),
  ]);
  const { regions, changingFrom = [], generation = 1 } = facts;
  return {
    platform: "local",
    environment: facts.environment,
    regions,
    changingFrom,
    generation,
    topology: facts.topology === "primary-secondary" ? "primary-secondary" : "active-active",
    witness: voterSets({ regions, changingFrom }).flat().includes(WITNESS),
    basePort: facts.basePort ?? DEFAULT_BASE_PORT,
    home: facts.home ?? "",
    loopback: facts.loopback ?? [],
    lease: leases.local,
  };
}

/** Every problem of the arguments that regions share. */
function checkFacts(facts: GatewayFacts): Problem[] {
  const { platform, environment, regions, topology, basePort, home, loopback } = facts;
  const problems = [
    ...regions.flatMap(checkRegionName),
    ...checkRegions({ ...facts, platform: "local" }),
    ...(loopback ?? []).flatMap(checkLoopback),
  ];
  const check = (good: boolean, path: string, message: string) => {
    if (!good) problems.push(problem(path, message));
  };
  const port = basePort ?? DEFAULT_BASE_PORT;
  check(
    PLATFORMS.some((known) => known === platform),
    "platform",
    `'${platform}' is not built yet; this version has ${PLATFORMS.join(", ")}`,
  );
  check(NAME.test(environment), "environment", nameRule(environment));
  check(
    MODES.some((mode) => mode === topology),
    "topology",
    `must be ${MODES.join(" or ")}, not '${topology}'`,
  );
  check(regions.length <= MOST_REGIONS, "regions", `must be at most ${MOST_REGIONS} names, not ${regions.length}`);
  check(
    Number.isInteger(port) && port >= 1024 && port <= LAST_BASE_PORT,
    "basePort",
    `must be a whole number from 1024 to ${LAST_BASE_PORT}, not ${port}`,
  );
  check(home?.startsWith("/") === true, "home", `must be an absolute path, not '${home ?? ""}'`);
  return problems;
}

function checkRegion(region: string, regions: readonly string[]): readonly Problem[] {
  if (regions.includes(region)) return [];
  return [problem("region", `'${region}' is not one of ${regions.join(", ")}`)];
}

function checkProxy(url: string | undefined): readonly Problem[] {
  const read = outboundProxy.optional().safeParse(url);
  return read.success ? [] : [problem("outboundProxy", `must be ${read.error.issues[0]?.message}, not '${url}'`)];
}

function checkRegionName(name: string, index: number): readonly Problem[] {
  const path = `regions[${index}]`;
  if (!NAME.test(name)) return [problem(path, nameRule(name))];
  return RESERVED.includes(name) ? [problem(path, `'${name}' is the name of something else`)] : [];
}

function checkLoopback(address: string, index: number): readonly Problem[] {
  const [, port = "0"] = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5})$/.exec(address) ?? [];
  if (Number(port) > 0 && Number(port) < 65_536) return [];
  return [
    problem(`loopback[${index}]`, `must be a loopback address with its port, as 127.0.0.1:9443, not '${address}'`),
  ];
}

const nameRule = (name: string): string => `must be lower-case letters, digits and '-', not '${name}'`;
