// What starts the keeper, and what tells when it fails.
import type { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { FunctionEventInvokeConfig } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import { FunctionRecursionConfig } from "@pulumi/aws/lambda/functionRecursionConfig.js";
import { Schedule } from "@pulumi/aws/scheduler/schedule.js";
import { makeAlarm } from "./alarm.ts";
import { arns } from "./arns.ts";
import type { Surroundings } from "./function.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { invoke, sendTo } from "./grants.ts";
import { functionName, nameOf, queueName, roleName } from "./names.ts";
import { onlyFor, trustService } from "./policy.ts";
import { makeDeadLetters } from "./queue.ts";
import { makeRole } from "./role.ts";

/** What a call waits for a keeper that is at work; later it is pointless. Lambda takes no less. */
const WAIT_SECONDS = 60;

export function makeKeeperSchedule(at: Surroundings, plan: AwsGatewayPlan, keeper: LambdaFunction): void {
  const { parent, name, region } = at;
  const keeperName = functionName(plan.scope, "keeper");
  const missed = queueName(plan.scope, false, "keeper", "dead");
  const group = arns.scheduleGroup(plan);
  const { role, policies } = makeRole(parent, `${name}-schedule`, {
    name: roleName(plan.scope, region, "schedule"),
    trust: trustService("scheduler.amazonaws.com", onlyFor(plan.account, group)),
    statements: [...invoke(plan, [keeperName]), ...sendTo(plan, missed)],
  });
  const deadLetters = makeDeadLetters(at, { suffix: "keeper-dead", name: missed, topic: plan.alarmTopic });
  new Schedule(
    `${name}-schedule`,
    {
      region,
      name: nameOf("schedule", plan.scope, "keeper"),
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: keeper.arn,
        roleArn: role.arn,
        input: "{}",
        retryPolicy: { maximumEventAgeInSeconds: WAIT_SECONDS, maximumRetryAttempts: 0 },
        deadLetterConfig: { arn: deadLetters.arn },
      },
    },
    { parent, dependsOn: [...policies] },
  );
  // One at a time: while it works each minute's call is refused, and forgotten.
  new FunctionEventInvokeConfig(
    `${name}-keeper-calls`,
    { region, functionName: keeper.name, maximumEventAgeInSeconds: WAIT_SECONDS, maximumRetryAttempts: 0 },
    { parent },
  );
  // It calls itself at its end, which Lambda would take for a mistake.
  new FunctionRecursionConfig(
    `${name}-keeper-recursion`,
    { region, functionName: keeper.name, recursiveLoop: "Allow" },
    { parent },
  );
  makeAlarm(at, {
    topic: plan.alarmTopic,
    suffix: "keeper-errors",
    alarm: `${keeperName}_errors`,
    description: "The keeper fails: leases run out, and another region takes over. Its log says why.",
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimensions: { FunctionName: keeperName },
    statistic: "Sum",
    above: 0,
    minutes: 2,
  });
}
