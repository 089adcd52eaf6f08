import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { account, type Clients } from "../clients.ts";
import { bag, type Inputs, ifThere, type Kind, list, maybe, text, there } from "../kind.ts";

const key = (hash: unknown, range: unknown): KeySchemaElement[] => [
  { AttributeName: text(hash), KeyType: "HASH" },
  ...(maybe(range) === undefined ? [] : [{ AttributeName: text(range), KeyType: "RANGE" as const }]),
];

/** A table in one region; of a global table one of its replicas. Gives the ARN of its stream. */
async function make(inputs: Inputs, region: string, clients: Clients): Promise<string> {
  const client = clients.dynamodb(region);
  const name = text(inputs.name);
  const exists = await there(client.send(new DescribeTableCommand({ TableName: name })));
  if (!exists) {
    const indexes = list(inputs.globalSecondaryIndexes);
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: list(inputs.attributes).map((attribute) => ({
          AttributeName: text(attribute.name),
          AttributeType: text(attribute.type) === "N" ? ("N" as const) : ("S" as const),
        })),
        KeySchema: key(inputs.hashKey, inputs.rangeKey),
        ...(indexes.length > 0 && {
          GlobalSecondaryIndexes: indexes.map((index) => ({
            IndexName: text(index.name),
            KeySchema: key(index.hashKey, index.rangeKey),
            Projection: {
              ProjectionType: text(index.projectionType) === "KEYS_ONLY" ? ("KEYS_ONLY" as const) : ("ALL" as const),
            },
          })),
        }),
        ...(inputs.streamEnabled === true && {
          StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" as const },
        }),
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
    const { attributeName, enabled } = bag(inputs.ttl);
    if (enabled === true) {
      const specification = { AttributeName: text(attributeName), Enabled: true };
      await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: specification }));
    }
  }
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return Table?.LatestStreamArn ?? "";
}

const arnOf = (region: string, name: string): string => `arn:aws:dynamodb:${region}:${account}:table/${name}`;
const regionsOf = (state: Inputs): readonly string[] => [
  text(state.region),
  ...list(state.replicas).map(({ regionName }) => text(regionName)),
];

async function makeAll(inputs: Inputs, clients: Clients) {
  const name = text(inputs.name);
  const streamArn = await make(inputs, text(inputs.region), clients);
  const replicas: object[] = [];
  for (const replica of list(inputs.replicas)) {
    const region = text(replica.regionName);
    replicas.push({ ...replica, arn: arnOf(region, name), streamArn: await make(inputs, region, clients) });
  }
  return { arn: arnOf(text(inputs.region), name), streamArn, ...(replicas.length > 0 && { replicas }) };
}

export const table: Kind = {
  required: ["name", "region", "hashKey", "attributes"],
  optional: [
    "billingMode",
    "deletionProtectionEnabled",
    "globalSecondaryIndexes",
    "pointInTimeRecovery",
    "rangeKey",
    "replicas",
    "serverSideEncryption",
    "streamEnabled",
    "streamViewType",
    "ttl",
    "tags",
  ],
  enums: { billingMode: ["PAY_PER_REQUEST", "PROVISIONED"], streamViewType: ["NEW_AND_OLD_IMAGES"] },
  computedWithin: { replicas: ["arn", "streamArn"] },
  identity: ["name", "region", "hashKey", "rangeKey"],
  create: async (inputs, clients) => ({ id: text(inputs.name), outputs: await makeAll(inputs, clients) }),
  update: (_id, inputs, _state, clients) => makeAll(inputs, clients),
  remove: async (_id, state, clients) => {
    for (const region of regionsOf(state)) {
      await ifThere(clients.dynamodb(region).send(new DeleteTableCommand({ TableName: text(state.name) })));
    }
  },
  exists: async (_id, state, clients) => {
    for (const region of regionsOf(state)) {
      if (!(await there(clients.dynamodb(region).send(new DescribeTableCommand({ TableName: text(state.name) })))))
        return false;
    }
    return true;
  },
};
