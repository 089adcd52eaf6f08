// What a gateway is, from its arguments: all validation, no resources.
import { type LeasePolicy, leases, type Platform } from "../../src/define/policy.ts";
import { MODES, MOST_REGIONS, type Mode, needsWitness, WITNESS } from "../platforms/local/plan.ts";
import { type Problem, refuse } from "../problems.ts";

/** What all regions of an environment must say alike. Plain: it decides which resources exist. */
export interface GatewayFacts {
  /** Where the gateway runs. This version has `local`. */
  platform: string;
  /** Names everything that is made. */
  environment: string;
  /** In order: in primary-secondary the first is the primary. */
  regions: string[];
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
  readonly topology: Mode;
  readonly witness: boolean;
  readonly basePort: number;
  readonly home: string;
  readonly loopback: readonly string[];
  readonly lease: LeasePolicy;
}

const PLATFORMS: readonly Platform[] = ["local"];
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const DEFAULT_BASE_PORT = 7400;
/** The highest first port: both modes take a hundred each. */
const LAST_BASE_PORT = 65_535 - 200;

/** @throws PlanError naming every field that is wrong. */
export function planGateway(name: string, facts: GatewayFacts, region?: string): GatewayPlan {
  const problems = [...checkFacts(facts), ...(region === undefined ? [] : checkRegion(region, facts.regions))];
  refuse(`gateway ${name}`, problems);
  return {
    platform: "local",
    environment: facts.environment,
    regions: facts.regions,
    topology: facts.topology === "primary-secondary" ? "primary-secondary" : "active-active",
    witness: needsWitness(facts.regions),
    basePort: facts.basePort ?? DEFAULT_BASE_PORT,
    home: facts.home ?? "",
    loopback: facts.loopback ?? [],
    lease: leases.local,
  };
}

/** Every problem of the arguments that regions share. */
export function checkFacts(facts: GatewayFacts): readonly Problem[] {
  const { platform, environment, regions, topology, basePort = DEFAULT_BASE_PORT, home, loopback = [] } = facts;
  const problems: (Problem | false)[] = [
    !PLATFORMS.some((known) => known === platform) && {
      path: "platform",
      message: `'${platform}' is not built yet; this version has ${PLATFORMS.join(", ")}`,
    },
    !NAME.test(environment) && { path: "environment", message: nameRule(environment) },
    !MODES.some((mode) => mode === topology) && {
      path: "topology",
      message: `must be ${MODES.join(" or ")}, not '${topology}'`,
    },
    (regions.length === 0 || regions.length > MOST_REGIONS) && {
      path: "regions",
      message: `must be 1 to ${MOST_REGIONS} names, not ${regions.length}`,
    },
    !(Number.isInteger(basePort) && basePort >= 1024 && basePort <= LAST_BASE_PORT) && {
      path: "basePort",
      message: `must be a whole number from 1024 to ${LAST_BASE_PORT}, not ${basePort}`,
    },
    !home?.startsWith("/") && { path: "home", message: `must be an absolute path, not '${home ?? ""}'` },
    ...regions.map((name, index) => checkRegionName(name, index, regions)),
    ...loopback.map((address, index) => checkLoopback(address, index)),
  ];
  return problems.filter((problem) => problem !== false);
}

function checkRegion(region: string, regions: readonly string[]): readonly Problem[] {
  if (regions.includes(region)) return [];
  return [{ path: "region", message: `'${region}' is not one of ${regions.join(", ")}` }];
}

function checkRegionName(name: string, index: number, regions: readonly string[]): Problem | false {
  const path = `regions[${index}]`;
  if (!NAME.test(name)) return { path, message: nameRule(name) };
  if (name === WITNESS || name === "global") return { path, message: `'${name}' is the name of something else` };
  return regions.indexOf(name) < index && { path, message: `'${name}' stands twice` };
}

function checkLoopback(address: string, index: number): Problem | false {
  const [, port = "0"] = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5})$/.exec(address) ?? [];
  const good = Number(port) > 0 && Number(port) < 65_536;
  return (
    !good && {
      path: `loopback[${index}]`,
      message: `must be a loopback address with its port, as 127.0.0.1:9443, not '${address}'`,
    }
  );
}

const nameRule = (name: string): string => `must be lower-case letters, digits and '-', not '${name}'`;
