// What a connector is on AWS, from its definition and its gateway: functions, queues, routes and policies. Pure.
import { callsSites, privateServices } from "../../../src/define/check/context.ts";
import { type Problem, problem } from "../../../src/define/problem.ts";
import type { ConnectorSpec } from "../../../src/define/spec.ts";
import { permissionsOf as eventBridgePermissions } from "../../../src/drivers/event-bridge/permissions.ts";
import { type Permission, takingOn } from "../../../src/drivers/permissions.ts";
import { permissionsOf as sqsPermissions } from "../../../src/drivers/sqs/permissions.ts";
import type { ConnectorConfig } from "../../../src/hosts/lambda/config.ts";
import { NOT_KNOWN_YET, type PlannedDefinition } from "../../definition.ts";
import { arnIn, arns } from "./arns.ts";
import { type FunctionPlan, planFunction, sizes } from "./function-plan.ts";
import { sharedConfig } from "./gateway-functions.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import * as grants from "./grants.ts";
import { busName, CURSORS, cursorSecretName, functionName, nameOf, queueName, tables } from "./names.ts";
import { INSIDE, isInside } from "./network-plan.ts";
import { allow, onlyFor, type Statement } from "./policy.ts";
import type { QueuePlan } from "./queue.ts";

/** What a connector takes from the environment's global stack. */
export interface ConnectorOrigins {
  /** ARN of its table's stream in this region. */
  readonly streamArn: string;
  /** ARNs of secrets by name, as they are in the region where they were made. */
  readonly secretArns: Readonly<Record<string, string>>;
}

export interface RulePlan {
  /** Physical. */
  readonly name: string;
  readonly bus: string;
  readonly pattern: string;
}

export interface AwsConnectorPlan {
  readonly functions: {
    readonly dispatch: FunctionPlan;
    readonly accept?: FunctionPlan;
    readonly feed?: FunctionPlan;
  };
  /** What accept reads; null: it is called. */
  readonly inbox: QueuePlan | null;
  /** Of the hub, into the inbox; null: nothing is subscribed to. */
  readonly rule: RulePlan | null;
  /** Of the rule, for what it could not put into the inbox. */
  readonly ruleDeadLetters: string;
  /** Of the stream, for what could not be told to dispatch. */
  readonly dispatchDeadLetters: string;
  readonly routes: readonly { readonly key: string; readonly to: "accept" | "feed"; readonly isSigned: boolean }[];
  /** Calls to the partner leave from the gateway's network. */
  readonly isInside: boolean;
  /** Without settings, some of which may be known later. */
  readonly config: Omit<ConnectorConfig, "settings" | "paused">;
}

/** Lambda reads a queue again after six times the function's time. */
const VISIBILITY = 6;

export function planAwsConnector(
  name: string,
  definition: PlannedDefinition & { readonly spec: ConnectorSpec },
  gateway: AwsGatewayPlan,
  origins: ConnectorOrigins,
): AwsConnectorPlan {
  const { spec } = definition;
  const isQueued = spec.role === "send" || spec.role === "feed" || (spec.role === "receive" && spec.driver !== "http");
  const fifo = spec.role === "receive" && spec.driver === "sqs" && spec.options.fifo;
  const inboxName = queueName(gateway.scope, fifo, name, "inbox");
  const subscribes = spec.role === "send" || spec.role === "feed";
  const rule: RulePlan | null = subscribes
    ? {
        name: nameOf("rule", gateway.scope, name),
        bus: busName(gateway.scope),
        pattern: JSON.stringify({ "detail-type": definition.events }),
      }
    : null;
  return {
    functions: functionsOf(name, definition, gateway, origins, isQueued ? inboxName : null),
    inbox: isQueued
      ? {
          suffix: "inbox",
          name: inboxName,
          deadLetters: queueName(gateway.scope, fifo, name, "inbox", "dead"),
          fifo,
          visibilitySeconds: VISIBILITY * sizes.accept.timeoutSeconds,
          alarmAfterSeconds: spec.hold.alarmAfterMs / 1_000,
          writers: writersOf(spec, gateway, inboxName, rule),
        }
      : null,
    rule,
    ruleDeadLetters: queueName(gateway.scope, false, name, "rule", "dead"),
    dispatchDeadLetters: queueName(gateway.scope, false, name, "dispatch", "dead"),
    routes: routesOf(name, spec, gateway),
    isInside: isInside(gateway, name),
    config: {
      ...sharedConfig(gateway),
      name,
      role: spec.role,
      table: tables.connector(gateway.scope, name),
      dispatchFunction: functionName(gateway.scope, name, "dispatch"),
      digest: definition.bundle.digest,
      secrets: [...definition.secrets],
      cursorSecret: spec.role === "feed" ? cursorSecretName(gateway.environment) : null,
      ...(gateway.connectors[name]?.privateServices.length && { privateNetworks: [INSIDE] }),
      ...(gateway.outboundProxy !== undefined && { outboundProxy: gateway.outboundProxy }),
    },
  };
}

/** Everything of a connector's own functions, each with what its work needs. */
function functionsOf(
  name: string,
  { spec, secrets }: PlannedDefinition & { readonly spec: ConnectorSpec },
  gateway: AwsGatewayPlan,
  { streamArn, secretArns }: ConnectorOrigins,
  inbox: string | null,
): AwsConnectorPlan["functions"] {
  const own = secrets.flatMap((secret) => secretArns[secret] ?? []).map((arn) => arnIn(gateway.region, arn));
  const cursors = secretArns[CURSORS];
  const readOwn = grants.readSecrets(own);
  const read = [
    ...grants.readConnector(gateway, name),
    ...grants.readRegional(gateway),
    ...grants.readPayloads(gateway, name),
  ];
  const accepts = [
    ...read,
    ...grants.writeConnector(gateway, name),
    ...grants.writePayloads(gateway, name),
    ...(spec.durability === "replicated" ? grants.replicateEntries(gateway, name) : []),
  ];
  const calledOrQueued = spec.role !== "poll";
  return {
    dispatch: planFunction(gateway, "dispatch", name, [
      ...accepts,
      ...grants.writeRegional(gateway),
      ...grants.vote(gateway),
      ...grants.readGatewayTable(gateway),
      ...grants.followStream(streamArn),
      ...grants.sendTo(gateway, queueName(gateway.scope, false, name, "dispatch", "dead")),
      ...(spec.role === "receive" || spec.role === "poll" ? grants.publishTo(gateway, busName(gateway.scope)) : []),
      ...readOwn,
      ...(isInside(gateway, name)
        ? grants.leaveInterfaces(gateway, functionName(gateway.scope, name, "dispatch"))
        : []),
      ...permissionsOf(spec).map(({ actions, resources }) => allow(actions, resources)),
    ]),
    ...(calledOrQueued && {
      accept: planFunction(gateway, "accept", name, [
        ...accepts,
        ...(inbox === null ? readOwn : grants.consume(gateway, inbox)),
      ]),
    }),
    ...(spec.role === "feed" && {
      feed: planFunction(gateway, "feed", name, [
        ...read,
        ...grants.writeConnector(gateway, name),
        ...grants.writeRegional(gateway),
        ...grants.readGatewayTable(gateway),
        ...readOwn,
        ...grants.readSecrets(cursors === undefined ? [] : [arnIn(gateway.region, cursors)]),
      ]),
    }),
  };
}

/** What its driver needs beside the gateway's own stores. */
export function permissionsOf(spec: ConnectorSpec): readonly Permission[] {
  switch (spec.driver) {
    case "sqs":
      return sqsPermissions(spec);
    case "event-bridge":
      return eventBridgePermissions(spec);
    case "http":
      return takingOn(
        Object.values(spec.partner.sites).flatMap(({ auth }) => (auth?.kind === "sigv4" ? [auth.role] : [])),
      );
  }
}

/** What a policy says has to be known before anything is made. */
export const unknownResources = (spec: ConnectorSpec): readonly Problem[] =>
  permissionsOf(spec)
    .flatMap(({ resources }) => resources)
    .filter((resource) => resource.includes(NOT_KNOWN_YET))
    .map(() => problem("settings", "an ARN that policies are made of must be known before the deployment", "write it"));

/** The gateway makes the network, so that it has to know what is asked of it. */
export const unknownNetwork = (
  name: string,
  spec: ConnectorSpec,
  { connectors }: Pick<AwsGatewayPlan, "connectors">,
): readonly Problem[] => {
  if (!callsSites(spec)) return [];
  const known = connectors[name];
  const services = privateServices(spec).filter((service) => known?.privateServices.includes(service) !== true);
  const of = `its 'connectors.${name}`;
  return [
    ...(spec.partner.fixedSource && known?.fixedSource !== true
      ? [problem("gateway", `has no fixed addresses: ${of}.fixedSource' must be true`)]
      : []),
    ...services.map((service) =>
      problem("gateway", `has no endpoint of ${service}: ${of}.privateServices' must name it`),
    ),
  ];
};

/** Who may write into the inbox. */
function writersOf(
  spec: ConnectorSpec,
  gateway: AwsGatewayPlan,
  inbox: string,
  rule: RulePlan | null,
): readonly Statement[] {
  const queue = arns.queue(gateway, inbox);
  const to = (Principal: Statement["Principal"] & object, conditions?: Statement["Condition"]): Statement => ({
    ...allow(["sqs:SendMessage"], [queue], conditions),
    Principal,
  });
  const events = { Service: "events.amazonaws.com" };
  if (rule !== null) {
    return [to(events, onlyFor(gateway.account, arns.rule(gateway, rule.bus, rule.name)))];
  }
  if (spec.role !== "receive") return [];
  if (spec.driver === "sqs") return [to({ AWS: spec.options.writers })];
  if (spec.driver === "event-bridge") {
    return [to(events, { StringEquals: { "aws:SourceAccount": spec.options.accounts } })];
  }
  return [];
}

/** Where it is called. The first receiver answers for the health of the region's store. */
function routesOf(name: string, spec: ConnectorSpec, gateway: AwsGatewayPlan): AwsConnectorPlan["routes"] {
  if (spec.driver !== "http") return [];
  if (spec.role === "feed") {
    return [{ key: `GET /${name}`, to: "feed", isSigned: signed(Object.values(spec.options.readers)) }];
  }
  if (spec.role !== "receive") return [];
  const first = Object.entries(gateway.connectors).find(
    ([, { role, driver }]) => role === "receive" && driver === "http",
  );
  return [
    { key: `ANY /${name}`, to: "accept", isSigned: signed(spec.options.verify) },
    ...(first?.[0] === name ? health : []),
  ];
}

const health = ["accept", "act"].map((what) => ({
  key: `GET /health/${what}`,
  to: "accept" as const,
  isSigned: false,
}));

/** Callers that prove themselves by a signature of AWS are proved by the API. */
const signed = (proofs: readonly { readonly scheme: string }[]): boolean =>
  proofs.length > 0 && proofs.every(({ scheme }) => scheme === "iam");
