// What a gateway is on AWS, from its arguments. Pure: gateway-check.ts says what is wrong with them.
import { allRegions } from "../../../src/define/environment.ts";
import type { Role } from "../../../src/define/model.ts";
import { type LeasePolicy, leases } from "../../../src/define/policy.ts";
import { type GatewayFacts, modeOf } from "../../gateway/facts.ts";
import { type Mode, needsWitness } from "../mode.ts";
import type { Place } from "./arns.ts";
import { type DomainPlan, planDomain } from "./domain-plan.ts";
import type { Scope } from "./names.ts";

export const ROLES: readonly Role[] = ["receive", "poll", "send", "feed"];

export interface AwsConnectorFacts {
  readonly role: Role;
  readonly driver: string;
  readonly digest: string;
  /** It leaves by the fixed addresses of its region. */
  readonly fixedSource: boolean;
  /** Names of the endpoint services through which its partner is called. */
  readonly privateServices: readonly string[];
}

/** What all regions of one environment and mode share on AWS. */
export interface AwsFacts {
  readonly platform: "aws";
  readonly scope: Scope;
  readonly environment: string;
  readonly topology: Mode;
  /** Every region that has a part, also one that leaves. */
  readonly regions: readonly string[];
  readonly account: string;
  /** Region of the voter that is no gateway; null: the number of regions is odd. */
  readonly witness: string | null;
  /** Regions of all voters. */
  readonly voters: readonly string[];
  readonly lease: LeasePolicy;
  readonly loopback: readonly string[];
  readonly endpoints: Readonly<Record<string, string>>;
  readonly protectData: boolean;
  readonly connectors: Readonly<Record<string, AwsConnectorFacts>>;
  /** null: partners call each region by its own name. */
  readonly domain: DomainPlan | null;
  /** Functions with fixed addresses reach the services of AWS inside their network. */
  readonly privateEndpoints: boolean;
}

/** A gateway in its region. */
export interface AwsGatewayPlan extends AwsFacts, Place {
  /** Of the key that data are kept under, by region. */
  readonly keyArns: Readonly<Record<string, string>>;
  /** ARN of the topic that the region's alarms tell; null: they tell nobody. */
  readonly alarmTopic: string | null;
  /** Of an emulator's region. */
  readonly outboundProxy?: string;
}

export function planAwsFacts(facts: GatewayFacts): AwsFacts {
  const regions = allRegions(facts);
  const topology = modeOf(facts);
  const isEven = [facts.regions, facts.changingFrom ?? facts.regions].some(needsWitness);
  const witness = isEven ? (facts.witness ?? null) : null;
  return {
    platform: "aws",
    scope: { environment: facts.environment, mode: topology },
    environment: facts.environment,
    topology,
    regions,
    account: facts.account ?? "",
    witness,
    voters: witness === null ? regions : [...regions, witness],
    lease: facts.lease ?? leases.aws,
    loopback: facts.loopback ?? [],
    endpoints: facts.endpoints ?? {},
    protectData: facts.protectData ?? true,
    domain: planDomain(facts),
    privateEndpoints: facts.privateEndpoints ?? false,
    connectors: Object.fromEntries(
      Object.entries(facts.connectors ?? {}).flatMap(
        ([name, { role, driver, digest, fixedSource = false, privateServices = [] }]) => {
          const known = ROLES.find((one) => one === role);
          return known === undefined ? [] : [[name, { role: known, driver, digest, fixedSource, privateServices }]];
        },
      ),
    ),
  };
}
