// What a gateway is, from its arguments: all validation, no resources.
import type { Platform } from "../../src/define/policy.ts";
import { problem } from "../../src/define/problem.ts";
import { checkAws } from "../platforms/aws/gateway-check.ts";
import { type AwsFacts, planAwsFacts } from "../platforms/aws/gateway-plan.ts";
import { checkLocal, type LocalGatewayPlan, planLocalGateway } from "../platforms/local/gateway-plan.ts";
import { refuse } from "../problems.ts";
import { checkFacts, checkOwnRegion, type GatewayFacts, type RegionFacts } from "./facts.ts";

export type GatewayPlan = LocalGatewayPlan | AwsFacts;

const PLATFORMS: readonly Platform[] = ["local", "aws"];

/** @throws PlanError naming every field that is wrong. */
export function planGateway(name: string, facts: GatewayFacts, own?: RegionFacts): GatewayPlan {
  const isAws = facts.platform === "aws";
  refuse(`gateway ${name}`, [
    ...checkFacts(facts, isAws ? "aws" : "local"),
    ...(PLATFORMS.some((known) => known === facts.platform)
      ? []
      : [problem("platform", `'${facts.platform}' is not built yet; this version has ${PLATFORMS.join(", ")}`)]),
    ...(isAws ? checkAws(facts, own) : checkLocal(facts)),
    ...(own === undefined ? [] : checkOwnRegion(own, facts)),
  ]);
  return isAws ? planAwsFacts(facts) : planLocalGateway(facts);
}
