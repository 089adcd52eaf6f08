// A connector on AWS, in one region.
import { Integration } from "@pulumi/aws/apigatewayv2/integration.js";
import { Route } from "@pulumi/aws/apigatewayv2/route.js";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule.js";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget.js";
import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping.js";
import type { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { FunctionEventInvokeConfig } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import { FunctionRecursionConfig } from "@pulumi/aws/lambda/functionRecursionConfig.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import type { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaConnector } from "../../bundle/lambda/lambda.ts";
import { makeAlarm } from "./alarm.ts";
import { arns } from "./arns.ts";
import { codeOf } from "./code.ts";
import type { AwsConnectorPlan } from "./connector-plan.ts";
import { makeFunction, type Surroundings } from "./function.ts";
import type { FunctionPlan } from "./function-plan.ts";
import type { AwsGatewayNode } from "./gateway.ts";
import { onlyFor, policyText } from "./policy.ts";
import { makeDeadLetters, makeQueue } from "./queue.ts";

export interface AwsConnectorOptions {
  readonly plan: AwsConnectorPlan;
  readonly gateway: AwsGatewayNode;
  readonly streamArn: string;
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
  readonly paused: pulumi.Input<boolean>;
  readonly bundled: LambdaConnector;
  /** The program's folder. */
  readonly root: string;
}

/** A record of the stream only says that there is something: the engine reads the table. */
const DOORBELL = { batchSize: 100, maximumRetryAttempts: 2, maximumRecordAgeInSeconds: 60 };
const ENTRIES_ONLY = JSON.stringify({ eventName: ["INSERT"], dynamodb: { Keys: { sk: { S: ["e"] } } } });
const QUEUE_BATCH = 10;
/** What a call waits for an engine that is at work. Lambda takes no less. */
const WAIT_SECONDS = 60;

/** @returns its inbox, where it has one */
export function makeAwsConnector(
  parent: pulumi.Resource,
  name: string,
  options: AwsConnectorOptions,
): Queue | undefined {
  const { plan, gateway, settings, paused, bundled, root } = options;
  const at: Surroundings = { parent, name, region: gateway.region };
  const config = pulumi
    .output({ settings, paused })
    .apply((given) => JSON.stringify({ ...plan.config, settings: given.settings, paused: given.paused }));
  const code = codeOf(bundled, root);
  const make = (of: FunctionPlan, kind: "accept" | "dispatch" | "feed"): LambdaFunction =>
    makeFunction(at, {
      plan: of,
      config,
      inside: kind === "dispatch" && plan.isInside ? gateway.network : undefined,
      code: code.then((made) => {
        const found = made[kind];
        if (found === undefined) throw new Error(`${name} has no code for ${kind}`);
        return found;
      }),
    });
  const { accept: acceptPlan, dispatch: dispatchPlan, feed: feedPlan } = plan.functions;
  const accept = acceptPlan && make(acceptPlan, "accept");
  const feed = feedPlan && make(feedPlan, "feed");
  makeDispatch(at, options, make(dispatchPlan, "dispatch"));
  for (const to of ["accept", "feed"] as const) {
    const target = to === "accept" ? accept : feed;
    if (target !== undefined) makeRoutes(at, options, to, target);
  }
  if (accept === undefined || plan.inbox === null) return undefined;
  const inbox = makeQueue(at, plan.inbox, gateway.plan);
  if (plan.rule !== null) subscribe(at, options, inbox);
  readQueue(at, accept, inbox);
  return inbox;
}

/** The stream rings, and the keeper calls. */
function makeDispatch(
  at: Surroundings,
  { plan, gateway, streamArn }: AwsConnectorOptions,
  dispatch: LambdaFunction,
): void {
  const { parent, name, region } = at;
  const { alarmTopic: topic } = gateway.plan;
  const deadLetters = makeDeadLetters(at, { suffix: "dispatch-dead", name: plan.dispatchDeadLetters, topic });
  new EventSourceMapping(
    `${name}-doorbell`,
    {
      region,
      eventSourceArn: streamArn,
      functionName: dispatch.name,
      startingPosition: "LATEST",
      ...DOORBELL,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
      filterCriteria: { filters: [{ pattern: ENTRIES_ONLY }] },
    },
    { parent },
  );
  new FunctionEventInvokeConfig(
    `${name}-dispatch-calls`,
    { region, functionName: dispatch.name, maximumEventAgeInSeconds: WAIT_SECONDS, maximumRetryAttempts: 0 },
    { parent },
  );
  // The keeper calls it again and again, which Lambda would take for a mistake.
  new FunctionRecursionConfig(
    `${name}-dispatch-recursion`,
    { region, functionName: dispatch.name, recursiveLoop: "Allow" },
    { parent },
  );
  const of = { topic, namespace: "AWS/Lambda", dimensions: { FunctionName: plan.functions.dispatch.name } } as const;
  makeAlarm(at, {
    ...of,
    suffix: "stream-age",
    alarm: `${plan.functions.dispatch.name}_stream-age`,
    description: "Dispatch does not follow the stream: see whether it fails.",
    metric: "IteratorAge",
    statistic: "Maximum",
    above: 60_000,
    minutes: 5,
  });
  makeAlarm(at, {
    ...of,
    suffix: "dispatch-errors",
    alarm: `${plan.functions.dispatch.name}_errors`,
    description: "Dispatch fails: its log says why. What was accepted waits.",
    metric: "Errors",
    statistic: "Sum",
    above: 0,
    minutes: 5,
  });
}

function readQueue({ parent, name, region }: Surroundings, accept: LambdaFunction, queue: Queue): void {
  new EventSourceMapping(
    `${name}-inbox-reader`,
    {
      region,
      eventSourceArn: queue.arn,
      functionName: accept.name,
      batchSize: QUEUE_BATCH,
      functionResponseTypes: ["ReportBatchItemFailures"],
    },
    { parent },
  );
}

/** The hub's rule puts the events of the definition into the inbox. */
function subscribe(at: Surroundings, { plan, gateway }: AwsConnectorOptions, queue: Queue): void {
  const { parent, name, region } = at;
  if (plan.rule === null) return;
  const deadLetters = makeDeadLetters(at, {
    suffix: "rule-dead",
    name: plan.ruleDeadLetters,
    topic: gateway.plan.alarmTopic,
  });
  new QueuePolicy(
    `${name}-rule-dead-policy`,
    {
      region,
      queueUrl: deadLetters.url,
      policy: policyText([
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sqs:SendMessage"],
          Resource: [arns.queue(gateway.plan, plan.ruleDeadLetters)],
          Condition: onlyFor(gateway.plan.account, arns.rule(gateway.plan, plan.rule.bus, plan.rule.name)),
        },
      ]),
    },
    { parent },
  );
  const rule = new EventRule(
    `${name}-rule`,
    { region, name: plan.rule.name, eventBusName: gateway.bus.name, eventPattern: plan.rule.pattern },
    { parent },
  );
  new EventTarget(
    `${name}-rule-target`,
    {
      region,
      rule: rule.name,
      eventBusName: gateway.bus.name,
      targetId: "inbox",
      arn: queue.arn,
      deadLetterConfig: { arn: deadLetters.arn },
    },
    { parent },
  );
}

function makeRoutes(
  { parent, name, region }: Surroundings,
  { plan, gateway }: AwsConnectorOptions,
  to: "accept" | "feed",
  target: LambdaFunction,
): void {
  const routes = plan.routes.filter((route) => route.to === to);
  if (routes.length === 0) return;
  const { api } = gateway;
  const integration = new Integration(
    `${name}-${to}-integration`,
    {
      region,
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: target.arn,
      payloadFormatVersion: "2.0",
    },
    { parent },
  );
  for (const { key, isSigned } of routes) {
    const [, what] = key.split("/health/");
    const suffix = what === undefined ? to : `health-${what}`;
    new Route(
      `${name}-${suffix}-route`,
      {
        region,
        apiId: api.id,
        routeKey: key,
        target: pulumi.interpolate`integrations/${integration.id}`,
        authorizationType: isSigned ? "AWS_IAM" : "NONE",
      },
      { parent },
    );
  }
  new Permission(
    `${name}-${to}-api`,
    {
      region,
      statementId: "api",
      action: "lambda:InvokeFunction",
      function: target.name,
      principal: "apigateway.amazonaws.com",
      sourceAccount: gateway.plan.account,
      sourceArn: pulumi.interpolate`${api.executionArn}/*`,
    },
    { parent },
  );
}
