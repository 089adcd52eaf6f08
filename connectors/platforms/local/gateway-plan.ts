// What a gateway is on the local platform, from its arguments: all validation, no resources.
import { type LeasePolicy, leases } from "../../../src/define/policy.ts";
import type { Problem } from "../../../src/define/problem.ts";
import { type GatewayFacts, modeOf, unless } from "../../gateway/facts.ts";
import type { Mode } from "../mode.ts";
import { LAST_BASE_PORT, MOST_REGIONS, voterSets, WITNESS } from "./plan.ts";

export interface LocalGatewayPlan {
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

export const DEFAULT_BASE_PORT = 7400;

export function planLocalGateway(facts: GatewayFacts): LocalGatewayPlan {
  const { regions, changingFrom = [], generation = 1 } = facts;
  return {
    platform: "local",
    environment: facts.environment,
    regions,
    changingFrom,
    generation,
    topology: modeOf(facts),
    witness: voterSets({ regions, changingFrom }).flat().includes(WITNESS),
    basePort: facts.basePort ?? DEFAULT_BASE_PORT,
    home: facts.home ?? "",
    loopback: facts.loopback ?? [],
    lease: leases.local,
  };
}

export function checkLocal({ regions, basePort, home }: GatewayFacts): readonly Problem[] {
  const port = basePort ?? DEFAULT_BASE_PORT;
  return [
    ...unless(
      regions.length <= MOST_REGIONS,
      "regions",
      `must be at most ${MOST_REGIONS} names, not ${regions.length}`,
    ),
    ...unless(
      Number.isInteger(port) && port >= 1024 && port <= LAST_BASE_PORT,
      "basePort",
      `must be a whole number from 1024 to ${LAST_BASE_PORT}, not ${port}`,
    ),
    ...unless(home?.startsWith("/") === true, "home", `must be an absolute path, not '${home ?? ""}'`),
  ];
}
