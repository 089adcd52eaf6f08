// What each function may do, and nothing else: one list for each of the stores and services that it uses. Pure.
import { arns, type Place } from "./arns.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { INBOX_INDEX, payloadBucketName, payloadPrefix, tables } from "./names.ts";
import { allow, type Statement } from "./policy.ts";

const READ = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"];
const WRITE = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];

/** Keys that a region may write: each begins with its name. What the adapter refuses, IAM refuses too. */
const ownKeys = (region: string) => ({
  "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${region}#*`, `${region}.*`] },
});

const placesOf = ({ account }: AwsGatewayPlan, regions: readonly string[]): readonly Place[] =>
  regions.map((region) => ({ account, region }));

/** Reads a connector's table, its inbox and what the region knows; nothing is written. */
export const readConnector = (gateway: AwsGatewayPlan, connector: string): readonly Statement[] => {
  const table = tables.connector(gateway.scope, connector);
  return [
    allow(READ, [arns.table(gateway, table), arns.index(gateway, table, INBOX_INDEX)]),
    ...useKey(gateway, [gateway.region]),
  ];
};

/** What the regions say of a connector: whether it is awake, and what they hold. */
export const readStatus = (gateway: AwsGatewayPlan, connector: string): readonly Statement[] => [
  allow(READ, [arns.table(gateway, tables.connector(gateway.scope, connector))]),
];

/** Own records of a connector. */
export const writeConnector = (gateway: AwsGatewayPlan, connector: string): readonly Statement[] => [
  allow(WRITE, [arns.table(gateway, tables.connector(gateway.scope, connector))], ownKeys(gateway.region)),
];

/** The same entry through the other regions' endpoints, before it is acknowledged: `durability: replicated`. */
export const replicateEntries = (gateway: AwsGatewayPlan, connector: string): readonly Statement[] => {
  const peers = gateway.regions.filter((region) => region !== gateway.region);
  if (peers.length === 0) return [];
  const there = placesOf(gateway, peers).map((place) => arns.table(place, tables.connector(gateway.scope, connector)));
  return [allow(["dynamodb:PutItem"], there, ownKeys(gateway.region)), ...useKey(gateway, peers)];
};

const payloadsOf = (gateway: AwsGatewayPlan, connector: string, regions: readonly string[]): readonly string[] =>
  placesOf(gateway, regions).map((place) =>
    arns.objects(payloadBucketName(gateway.scope, place), payloadPrefix(connector)),
  );

/** Payloads that are too large for the table, in the buckets of all regions: an entry is known before its payload is copied. */
export const readPayloads = (gateway: AwsGatewayPlan, connector: string): readonly Statement[] => [
  allow(["s3:GetObject"], payloadsOf(gateway, connector, gateway.regions)),
  ...useKey(gateway, gateway.regions),
];

/**
 * In the buckets of all regions: whoever takes over must have them. What nobody asks for any more is removed from each.
 */
export const writePayloads = (gateway: AwsGatewayPlan, connector: string): readonly Statement[] => [
  allow(["s3:PutObject", "s3:DeleteObject"], payloadsOf(gateway, connector, gateway.regions)),
];

const regionalTable = (gateway: AwsGatewayPlan): string => arns.table(gateway, tables.regional(gateway.scope));

export const readRegional = (gateway: AwsGatewayPlan): readonly Statement[] => [allow(READ, [regionalTable(gateway)])];
export const writeRegional = (gateway: AwsGatewayPlan): readonly Statement[] => [
  allow(WRITE, [regionalTable(gateway)]),
];

/** Votes are asked for in every region and at the witness. */
export const vote = (gateway: AwsGatewayPlan): readonly Statement[] => [
  allow(
    ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    placesOf(gateway, gateway.voters).map((place) => arns.table(place, tables.regional(gateway.scope))),
  ),
  ...useKey(gateway, gateway.voters),
];

export const readGatewayTable = (gateway: AwsGatewayPlan): readonly Statement[] => [
  allow(READ, [arns.table(gateway, tables.gateway(gateway.scope))]),
];
export const writeGatewayTable = (gateway: AwsGatewayPlan): readonly Statement[] => [
  allow(WRITE, [arns.table(gateway, tables.gateway(gateway.scope))], ownKeys(gateway.region)),
];

export const invoke = (place: Place, names: readonly string[]): readonly Statement[] =>
  names.length === 0
    ? []
    : [
        allow(
          ["lambda:InvokeFunction"],
          names.map((name) => arns.function(place, name)),
        ),
      ];

export const publishTo = (place: Place, bus: string): readonly Statement[] => [
  allow(["events:PutEvents"], [arns.bus(place, bus)]),
];

export const readSecrets = (secretArns: readonly string[]): readonly Statement[] =>
  secretArns.length === 0 ? [] : [allow(["secretsmanager:GetSecretValue"], secretArns)];

/** What Lambda's event source does for a function that a queue calls. */
export const consume = (place: Place, queue: string): readonly Statement[] => [
  allow(
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
    [arns.queue(place, queue)],
  ),
];

export const sendTo = (place: Place, queue: string): readonly Statement[] => [
  allow(["sqs:SendMessage"], [arns.queue(place, queue)]),
];

/** What Lambda's event source does for a function that a stream calls. */
export const followStream = (streamArn: string): readonly Statement[] => [
  allow(
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
    [streamArn],
  ),
];

export const writeLogs = (place: Place, group: string): readonly Statement[] => [
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [arns.logStreams(place, group)]),
];

/** The key through the services that keep our data, and never by itself. */
export const useKey = ({ keyArns }: AwsGatewayPlan, regions: readonly string[]): readonly Statement[] => {
  const keys = regions.flatMap((region) => keyArns[region] ?? []);
  const services = regions.flatMap((region) => [
    `dynamodb.${region}.amazonaws.com`,
    `s3.${region}.amazonaws.com`,
    `secretsmanager.${region}.amazonaws.com`,
  ]);
  if (keys.length === 0) return [];
  return [
    allow(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], keys, {
      StringEquals: { "kms:ViaService": services },
    }),
  ];
};

/** What Lambda does by a function's role to put it into a network is not for the function's own code. */
export const leaveInterfaces = (place: Place, name: string): readonly Statement[] => [
  {
    Effect: "Deny",
    Action: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DetachNetworkInterface",
      "ec2:UnassignPrivateIpAddresses",
    ],
    Resource: ["*"],
    Condition: { ArnEquals: { "lambda:SourceFunctionArn": arns.function(place, name) } },
  },
];
