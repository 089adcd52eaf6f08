// What a gateway is on AWS, from its arguments: all validation, no resources.
import { allRegions } from "../../../src/define/environment.ts";
import type { Role } from "../../../src/define/model.ts";
import { type LeasePolicy, leases } from "../../../src/define/policy.ts";
import { type Problem, problem } from "../../../src/define/problem.ts";
import { type GatewayFacts, modeOf, type RegionFacts, unless } from "../../gateway/facts.ts";
import { type Mode, needsWitness } from "../mode.ts";
import type { Place } from "./arns.ts";
import { checkDomain, type DomainPlan, planDomain } from "./domain-plan.ts";
import type { Scope } from "./names.ts";
import { needsNetwork } from "./network-plan.ts";

const ROLES: readonly Role[] = ["receive", "poll", "send", "feed"];

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

const TOPIC = /^arn:aws:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** An alarm tells topics of its own region only. */
export function checkTopic(topic: string | undefined, region: string): readonly Problem[] {
  if (topic === undefined) return [];
  const [, where] = TOPIC.exec(topic) ?? [];
  return [
    ...unless(where !== undefined, "alarmTopic", `must be the ARN of an SNS topic, not '${topic}'`),
    ...unless(
      where === undefined || where === region,
      "alarmTopic",
      `stands in '${where}', and its alarms in '${region}'`,
    ),
  ];
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

export function checkAws(facts: GatewayFacts, own?: RegionFacts): readonly Problem[] {
  const { regions, changingFrom = [], witness, account = "", loopback = [], endpoints = {}, connectors = {} } = facts;
  const isEven = [regions, changingFrom.length === 0 ? regions : changingFrom].some(needsWitness);
  const named = [...allRegions(facts), ...(witness === undefined ? [] : [witness])];
  return [
    ...named
      .filter((region) => !REGION.test(region))
      .map((region) => problem("regions", `'${region}' is no region of AWS, such as us-east-1`)),
    ...unless(!isEven || witness !== undefined, "witness", "is missing: the number of regions is even"),
    ...unless(witness === undefined || !allRegions(facts).includes(witness), "witness", "must be none of the regions"),
    ...unless(
      changingFrom.length === 0 || changingFrom[0] === regions[0],
      "regions",
      "the first region must stay: the replicated tables stand there",
    ),
    ...unless(/^\d{12}$/.test(account), "account", `must be twelve digits, not '${account}'`),
    ...unless(
      loopback.length === 0 || Object.keys(endpoints).length > 0,
      "loopback",
      "is for an emulator: nothing on AWS can reach it",
    ),
    ...unless(
      facts.privateEndpoints !== true || needsNetwork(planAwsFacts(facts)),
      "privateEndpoints",
      "is for connectors with fixedSource or a privateService, and there is none: leave it out",
    ),
    ...(own === undefined ? [] : checkTopic(own.alarmTopic, own.region)),
    ...checkDomain(facts, allRegions(facts)),
    ...unless(
      own === undefined || facts.domain === undefined || own.certificateArn !== undefined,
      "certificateArn",
      "is missing: take the one of this region from the Witness",
    ),
    ...Object.entries(connectors)
      .filter(([, { role }]) => !ROLES.some((one) => one === role))
      .map(([name, { role }]) => problem(`connectors.${name}.role`, `must be ${ROLES.join(", ")}, not '${role}'`)),
    ...unless(
      own?.outboundProxy === undefined || Object.keys(endpoints).length > 0,
      "outboundProxy",
      "is for an emulator: nothing on AWS can reach it",
    ),
  ];
}
