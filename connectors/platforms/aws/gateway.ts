// A gateway on AWS: what the connectors of a region share.
import { Api } from "@pulumi/aws/apigatewayv2/api.js";
import { Stage } from "@pulumi/aws/apigatewayv2/stage.js";
import { EventArchive } from "@pulumi/aws/cloudwatch/eventArchive.js";
import { EventBus } from "@pulumi/aws/cloudwatch/eventBus.js";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { FunctionUrl } from "@pulumi/aws/lambda/functionUrl.js";
import type * as pulumi from "@pulumi/pulumi";
import { gatewayCode } from "./code.ts";
import { makeDomain } from "./domain.ts";
import { makeFunction, type Surroundings } from "./function.ts";
import { LOG_DAYS } from "./function-plan.ts";
import { adminConfigOf, keeperConfigOf, planAdmin, planKeeper } from "./gateway-functions.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { makeKeeperSchedule } from "./keeper.ts";
import { busName, nameOf, tables } from "./names.ts";
import { type MadeNetwork, makeNetwork } from "./network.ts";
import { needsNetwork, networkOptions } from "./network-plan.ts";
import { makePayloadBucket } from "./payload-bucket.ts";
import { makePeople } from "./people.ts";
import { makeTable } from "./table.ts";

/** What a connector needs of its gateway's resources. */
export interface AwsGatewayNode {
  readonly platform: "aws";
  readonly plan: AwsGatewayPlan;
  readonly region: string;
  readonly api: Api;
  readonly bus: EventBus;
  /** Where partners call: the domain, or the region's own name. */
  readonly url: pulumi.Output<string>;
  /** Where functions stand that leave by fixed addresses; absent: no connector asks. */
  readonly network: MadeNetwork | undefined;
}

export interface MadeAwsGateway extends AwsGatewayNode {
  /** Changes with every deployment of the keeper. */
  readonly processId: pulumi.Output<string>;
  readonly adminUrl: pulumi.Output<string>;
  readonly adminRoles: { readonly read: pulumi.Output<string>; readonly operate: pulumi.Output<string> };
}

/** How long the bus's archive keeps what was published. */
const ARCHIVE_DAYS = 14;

export interface AwsGatewayOptions {
  /** The program's folder. */
  readonly root: string;
  /** Of the domain in this region; none: there is no domain. */
  readonly certificateArn: pulumi.Input<string> | undefined;
}

export function makeAwsGateway(
  parent: pulumi.Resource,
  name: string,
  plan: AwsGatewayPlan,
  { root, certificateArn }: AwsGatewayOptions,
): MadeAwsGateway {
  const at: Surroundings = { parent, name, region: plan.region };
  makeTable(at, `${name}-regional`, {
    name: tables.regional(plan.scope),
    keyArns: plan.keyArns,
    replicas: [],
    holdsEntries: false,
    protect: plan.protectData,
  });
  makePayloadBucket(at, plan);
  const bus = makeBus(at, plan);
  const network = needsNetwork(plan) ? makeNetwork(at, networkOptions(plan)) : undefined;
  const { api, stage } = makeApi(at, plan);
  const url =
    plan.domain === null || certificateArn === undefined
      ? api.apiEndpoint
      : makeDomain(at, plan, plan.domain, { api, stage, certificateArn });
  const keeper = makeFunction(at, {
    plan: planKeeper(plan),
    config: JSON.stringify(keeperConfigOf(plan)),
    code: gatewayCode("keeper", root),
  });
  makeKeeperSchedule(at, plan, keeper);
  const admin = makeAdmin(at, plan, root);
  return {
    platform: "aws",
    plan,
    region: plan.region,
    api,
    bus,
    network,
    url,
    processId: keeper.codeSha256,
    ...admin,
  };
}

/** What answers people and deployments, and the roles in which they ask. */
function makeAdmin(at: Surroundings, plan: AwsGatewayPlan, root: string) {
  const admin = makeFunction(at, {
    plan: planAdmin(plan),
    config: JSON.stringify(adminConfigOf(plan)),
    code: gatewayCode("admin", root),
  });
  const { functionUrl: adminUrl } = new FunctionUrl(
    `${at.name}-admin-url`,
    { region: plan.region, functionName: admin.name, authorizationType: "AWS_IAM" },
    { parent: at.parent },
  );
  return { adminUrl, adminRoles: makePeople(at, plan, admin) };
}

/** Publications go here; the archive can play them again. */
function makeBus({ parent, name, region }: Surroundings, plan: AwsGatewayPlan): EventBus {
  const bus = new EventBus(`${name}-bus`, { region, name: busName(plan.scope) }, { parent });
  new EventArchive(
    `${name}-archive`,
    { region, name: nameOf("archive", plan.scope), eventSourceArn: bus.arn, retentionDays: ARCHIVE_DAYS },
    { parent, protect: plan.protectData, retainOnDelete: plan.protectData },
  );
  return bus;
}

/** Partners call it: one route for each connector that is called. */
function makeApi({ parent, name, region }: Surroundings, plan: AwsGatewayPlan): { api: Api; stage: Stage } {
  const api = new Api(
    `${name}-api`,
    { region, name: nameOf("function", plan.scope, "api"), protocolType: "HTTP" },
    { parent },
  );
  const logs = new LogGroup(
    `${name}-api-logs`,
    { region, name: `/aws/apigateway/${nameOf("function", plan.scope, "api")}`, retentionInDays: LOG_DAYS },
    { parent },
  );
  const stage = new Stage(
    `${name}-api-stage`,
    {
      region,
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      // Neither queries nor headers: they may hold what proves a partner.
      accessLogSettings: {
        destinationArn: logs.arn,
        format: JSON.stringify({
          at: "$context.requestTimeEpoch",
          route: "$context.routeKey",
          status: "$context.status",
          ms: "$context.responseLatency",
          integration: "$context.integrationErrorMessage",
        }),
      },
    },
    { parent },
  );
  return { api, stage };
}
