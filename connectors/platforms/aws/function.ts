// A function on Lambda with its role and its log group.
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import type * as pulumi from "@pulumi/pulumi";
import { archive, type Code } from "./code.ts";
import {
  ARCHITECTURE,
  CONFIG_IN_FILE,
  type FunctionPlan,
  HANDLER,
  LOG_DAYS,
  LONGEST_CONFIG,
  RUNTIME,
} from "./function-plan.ts";
import { trustService } from "./policy.ts";
import { makeRole } from "./role.ts";

/** The component that resources belong to, and where they stand. */
export interface Surroundings {
  readonly parent: pulumi.Resource;
  /** The component's: names of its children derive from it. */
  readonly name: string;
  readonly region: string;
}

/** Where functions stand that leave by a fixed address. */
export interface Inside {
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
}

export interface FunctionOptions {
  readonly plan: FunctionPlan;
  /** JSON of what it is told. */
  readonly config: pulumi.Input<string>;
  readonly code: Promise<Code>;
  readonly inside?: Inside | undefined;
}

/**
 * Lambda puts a function into a network by the function's own role. EC2 names no resources for that, so that AWS's policy
 * says it, and ours refuses it to the function's own code (`leaveInterfaces`).
 */
const MANAGE_INTERFACES = "arn:aws:iam::aws:policy/service-role/AWSLambdaENIManagementAccess";

export function makeFunction({ parent, name, region }: Surroundings, options: FunctionOptions): LambdaFunction {
  const { plan, config, code, inside } = options;
  const child = `${name}-${plan.kind}`;
  const logs = new LogGroup(`${child}-logs`, { region, name: plan.logGroup, retentionInDays: LOG_DAYS }, { parent });
  // Lambda gives no source when it takes on a function's role, so its trust has no condition to state.
  const trust = trustService("lambda.amazonaws.com");
  const { role, policies } = makeRole(parent, child, {
    name: plan.role,
    trust,
    statements: plan.statements,
    ...(inside !== undefined && { ofAws: { network: MANAGE_INTERFACES } }),
  });
  const file = typeof config === "string" && config.length > LONGEST_CONFIG ? config : null;
  return new LambdaFunction(
    child,
    {
      region,
      name: plan.name,
      role: role.arn,
      runtime: RUNTIME,
      architectures: [ARCHITECTURE],
      handler: HANDLER,
      code: archive(code, file),
      memorySize: plan.memoryMb,
      timeout: plan.timeoutSeconds,
      ...(plan.reserved !== null && { reservedConcurrentExecutions: plan.reserved }),
      loggingConfig: { logFormat: "JSON", logGroup: logs.name },
      environment: { variables: { ISTHMUS: file === null ? config : CONFIG_IN_FILE } },
      ...(inside !== undefined && {
        vpcConfig: { subnetIds: [...inside.subnetIds], securityGroupIds: [inside.securityGroupId] },
      }),
    },
    { parent, dependsOn: [...policies] },
  );
}
