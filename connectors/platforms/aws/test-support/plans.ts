// Plans of connectors by role and driver, and grants as lines that people read.

import { privateServices } from "../../../../src/define/check/context.ts";
import type { Definition } from "../../../../src/define/connector.ts";
import { resolveDefinition } from "../../../../src/define/resolve.ts";
import type { ConnectorSpec } from "../../../../src/define/spec.ts";
import { type AwsConnectorPlan, planAwsConnector } from "../connector-plan.ts";
import { type AwsConnectorFacts, type AwsGatewayPlan, planAwsFacts } from "../gateway-plan.ts";
import type { Statement } from "../policy.ts";
import * as definitions from "./definitions.ts";

const ACCOUNT = "123456789012";
const REGIONS = ["us-east-1", "us-west-2"];
const WITNESS = "us-east-2";

export const gatewayPlan = (connectors: Readonly<Record<string, AwsConnectorFacts>> = {}): AwsGatewayPlan => ({
  ...planAwsFacts({
    platform: "aws",
    environment: "prod",
    regions: REGIONS,
    witness: WITNESS,
    topology: "active-active",
    account: ACCOUNT,
    connectors: Object.fromEntries(
      Object.entries(connectors).map(([name, { privateServices, ...facts }]) => [
        name,
        { ...facts, privateServices: [...privateServices] },
      ]),
    ),
  }),
  region: "us-east-1",
  alarmTopic: null,
  keyArns: Object.fromEntries(
    [...REGIONS, WITNESS].map((region) => [region, `arn:aws:kms:${region}:${ACCOUNT}:key/mrk-1`]),
  ),
});

export const specOf = (kind: string, durability = "regional"): ConnectorSpec => {
  const definition: Definition | undefined = definitions.byKind[kind];
  if (definition === undefined) throw new RangeError(`there is no definition for '${kind}'`);
  const { spec } = resolveDefinition("orders", definition, { settings: {} });
  return { ...spec, durability: durability === "replicated" ? "replicated" : "regional" };
};

/** @param kind `<driver> <role>` */
export function planOf(kind: string, durability: string): AwsConnectorPlan {
  const spec = specOf(kind, durability);
  return planAwsConnector(
    "orders",
    {
      bundle: { path: "", text: "", digest: "d", source: "", file: "" },
      spec,
      events: ["order.placed"],
      location: spec.partner.location,
      isCalled: false,
      secrets: [...spec.secrets],
      settings: [],
      problems: [],
    },
    gatewayPlan({
      orders: {
        role: spec.role,
        driver: spec.driver,
        digest: "d",
        fixedSource: spec.partner.fixedSource,
        privateServices: privateServices(spec),
      },
    }),
    {
      streamArn: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/isthmus_prod_aa_orders_journal/stream/1`,
      secretArns: Object.fromEntries(
        spec.secrets.map((name) => [
          name,
          `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:isthmus/prod/${name}-AbCdEf`,
        ]),
      ),
    },
  );
}

/** One line for each resource: service and actions, region, resource, condition. Sorted. */
export function functionGrants(plan: AwsConnectorPlan, of: string): readonly string[] {
  const found = Object.entries(plan.functions).find(([name]) => name === of)?.[1];
  return [...new Set((found?.statements ?? []).flatMap(lines))].sort();
}

function lines({ Action, Resource = [], Condition }: Statement): readonly string[] {
  const [service = ""] = Action[0]?.split(":") ?? [];
  const actions = Action.map((action) => action.slice(service.length + 1)).sort();
  const conditions = JSON.stringify(Condition ?? {});
  const told = conditions.includes("LeadingKeys")
    ? " own keys"
    : conditions.includes("ViaService")
      ? " by services"
      : "";
  return Resource.map((arn) => {
    const [, , , region = "", , ...rest] = arn.split(":");
    return `${service}:${actions.join(",")} ${region === "" ? "" : `${region} `}${rest.join(":")}${told}`;
  });
}
