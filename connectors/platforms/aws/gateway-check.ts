// What is wrong with the arguments of a gateway on AWS. Pure.
import { allRegions } from "../../../src/define/environment.ts";
import { type Problem, problem } from "../../../src/define/problem.ts";
import { type GatewayFacts, type RegionFacts, unless } from "../../gateway/facts.ts";
import { needsWitness } from "../mode.ts";
import { checkDomain } from "./domain-plan.ts";
import { planAwsFacts, ROLES } from "./gateway-plan.ts";
import { needsNetwork } from "./network-plan.ts";

export const checkAws = (facts: GatewayFacts, own?: RegionFacts): readonly Problem[] => [
  ...checkPlaces(facts),
  ...checkEmulator(facts, own),
  ...checkDomain(facts, allRegions(facts)),
  ...checkAsked(facts),
  ...(own === undefined ? [] : checkOwn(facts, own)),
];

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

function checkPlaces(facts: GatewayFacts): readonly Problem[] {
  const { regions, changingFrom = [], witness, account = "" } = facts;
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
  ];
}

/** What only an emulator can reach. */
function checkEmulator({ loopback = [], endpoints = {} }: GatewayFacts, own?: RegionFacts): readonly Problem[] {
  if (Object.keys(endpoints).length > 0) return [];
  const message = "is for an emulator: nothing on AWS can reach it";
  return [
    ...unless(loopback.length === 0, "loopback", message),
    ...unless(own?.outboundProxy === undefined, "outboundProxy", message),
  ];
}

/** Of connectors, and for them. */
function checkAsked(facts: GatewayFacts): readonly Problem[] {
  return [
    ...Object.entries(facts.connectors ?? {})
      .filter(([, { role }]) => !ROLES.some((one) => one === role))
      .map(([name, { role }]) => problem(`connectors.${name}.role`, `must be ${ROLES.join(", ")}, not '${role}'`)),
    ...unless(
      facts.privateEndpoints !== true || needsNetwork(planAwsFacts(facts)),
      "privateEndpoints",
      "is for connectors with fixedSource or a privateService, and there is none: leave it out",
    ),
  ];
}

const checkOwn = (
  { domain }: GatewayFacts,
  { region, certificateArn, alarmTopic }: RegionFacts,
): readonly Problem[] => [
  ...unless(
    domain === undefined || certificateArn !== undefined,
    "certificateArn",
    "is missing: take the one of this region from the Witness",
  ),
  ...(alarmTopic === undefined ? [] : checkTopic(alarmTopic, region)),
];

const TOPIC = /^arn:aws:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** An alarm tells topics of its own region only. */
function checkTopic(topic: string, region: string): readonly Problem[] {
  const [, where] = TOPIC.exec(topic) ?? [];
  if (where === undefined) return [problem("alarmTopic", `must be the ARN of an SNS topic, not '${topic}'`)];
  return unless(where === region, "alarmTopic", `stands in '${where}', and its alarms in '${region}'`);
}
