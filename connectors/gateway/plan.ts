// What a gateway is, from its arguments: all validation, no resources.
import { type LeasePolicy, leases, type Platform } from "../../src/define/policy.ts";
import { type Problem, problem } from "../../src/define/problem.ts";
import { LAST_BASE_PORT, MODES, MOST_REGIONS, type Mode, needsWitness, WITNESS } from "../platforms/local/plan.ts";
import { refuse } from "../problems.ts";

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
const RESERVED: readonly string[] = [WITNESS, "global"];
export const DEFAULT_BASE_PORT = 7400;

/** @throws PlanError naming every field that is wrong. */
export function planGateway(name: string, facts: GatewayFacts, region?: string): GatewayPlan {
  refuse(`gateway ${name}`, [
    ...checkFacts(facts),
    ...(region === undefined ? [] : checkRegion(region, facts.regions)),
  ]);
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
function checkFacts({ platform, environment, regions, topology, basePort, home, loopback }: GatewayFacts): Problem[] {
  const problems = [...regions.flatMap(checkRegionName), ...(loopback ?? []).flatMap(checkLoopback)];
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
  check(
    regions.length > 0 && regions.length <= MOST_REGIONS,
    "regions",
    `must be 1 to ${MOST_REGIONS} names, not ${regions.length}`,
  );
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

function checkRegionName(name: string, index: number, regions: readonly string[]): readonly Problem[] {
  const path = `regions[${index}]`;
  if (!NAME.test(name)) return [problem(path, nameRule(name))];
  if (RESERVED.includes(name)) return [problem(path, `'${name}' is the name of something else`)];
  return regions.indexOf(name) < index ? [problem(path, `'${name}' stands twice`)] : [];
}

function checkLoopback(address: string, index: number): readonly Problem[] {
  const [, port = "0"] = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5})$/.exec(address) ?? [];
  if (Number(port) > 0 && Number(port) < 65_536) return [];
  return [
    problem(`loopback[${index}]`, `must be a loopback address with its port, as 127.0.0.1:9443, not '${address}'`),
  ];
}

const nameRule = (name: string): string => `must be lower-case letters, digits and '-', not '${name}'`;
