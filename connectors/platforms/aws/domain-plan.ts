// The name under which partners call all regions of one topology. Pure.
import { type Problem, problem } from "../../../src/define/problem.ts";
import { type GatewayFacts, modeOf, unless } from "../../gateway/facts.ts";
import type { Mode } from "../mode.ts";

export interface DomainPlan {
  readonly name: string;
  /** Id of the hosted zone that it lies in. */
  readonly zone: string;
}

const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const ZONE = /^Z[A-Z0-9]{1,31}$/;
/** DNS answers for one that fails by one other. */
const REGIONS_THAT_FAIL_OVER = 2;

/** null: partners call each region by its own name. */
export const planDomain = ({ domain, zone }: GatewayFacts): DomainPlan | null =>
  domain === undefined || zone === undefined ? null : { name: domain, zone };

export function checkDomain(facts: GatewayFacts, regions: readonly string[]): readonly Problem[] {
  const { domain, zone, connectors = {} } = facts;
  if (domain === undefined && zone === undefined) return [];
  const receives = Object.values(connectors).some(({ role, driver }) => role === "receive" && driver === "http");
  return [
    ...unless(zone !== undefined, "zone", "is missing: a domain needs the id of the hosted zone that it lies in"),
    ...unless(domain !== undefined, "domain", "is missing: a zone is for the name that partners call"),
    ...unless(
      zone === undefined || ZONE.test(zone),
      "zone",
      `must be the id of a hosted zone, such as Z0123456789ABC, not '${zone}'`,
    ),
    ...unless(
      domain === undefined || HOST.test(domain),
      "domain",
      `must be a host name in lower case, such as events.example.com, not '${domain}'`,
    ),
    ...unless(
      modeOf(facts) === "active-active" || regions.length <= REGIONS_THAT_FAIL_OVER,
      "domain",
      `fails over between ${REGIONS_THAT_FAIL_OVER} regions in primary-secondary, and there are ${regions.length}`,
    ),
    ...(receives
      ? []
      : [
          problem(
            "domain",
            "has nothing that answers for the health of a region: no connector receives by HTTP",
            "leave zone and domain out, or deploy one that does",
          ),
        ]),
  ];
}

/** How DNS chooses among the regions: the nearest that is well, or the primary while it is. */
export const routingOf = (mode: Mode, regions: readonly string[], region: string) =>
  mode === "active-active"
    ? { latencyRoutingPolicies: [{ region }] }
    : { failoverRoutingPolicies: [{ type: regions[0] === region ? "PRIMARY" : "SECONDARY" }] };
