// A table is made in its region and, as each region is a process of its own, in the region of every replica.
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { unlessAbsent } from "../absent.ts";
import { clientOf } from "../places.ts";
import type { Kind } from "../resource.ts";

const inputs = z.strictObject({
  region: z.string(),
  name: z.string().regex(/^[\w.-]{3,255}$/),
  billingMode: z.literal("PAY_PER_REQUEST"),
  hashKey: z.string(),
  rangeKey: z.string().optional(),
  attributes: z.array(z.strictObject({ name: z.string(), type: z.enum(["S", "N", "B"]) })).min(1),
  ttl: z.strictObject({ attributeName: z.string(), enabled: z.boolean() }).optional(),
  pointInTimeRecovery: z.strictObject({ enabled: z.boolean() }).optional(),
  serverSideEncryption: z.strictObject({ enabled: z.boolean(), kmsKeyArn: z.string().optional() }).optional(),
  deletionProtectionEnabled: z.boolean().optional(),
  streamEnabled: z.boolean().optional(),
  streamViewType: z.enum(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]).optional(),
  replicas: z
    .array(
      z.strictObject({
        regionName: z.string(),
        kmsKeyArn: z.string().optional(),
        pointInTimeRecovery: z.boolean().optional(),
        propagateTags: z.boolean().optional(),
        deletionProtectionEnabled: z.boolean().optional(),
        consistencyMode: z.enum(["EVENTUAL", "STRONG"]).optional(),
      }),
    )
    .optional(),
  globalSecondaryIndexes: z
    .array(
      z.strictObject({
        name: z.string().min(3),
        hashKey: z.string(),
        rangeKey: z.string().optional(),
        projectionType: z.enum(["ALL", "KEYS_ONLY"]),
      }),
    )
    .optional(),
});
type Inputs = z.infer<typeof inputs>;

const client = (region: string): DynamoDBClient => new DynamoDBClient(clientOf(region));

const keys = ({ hashKey, rangeKey }: { hashKey: string; rangeKey?: string | undefined }) => [
  { AttributeName: hashKey, KeyType: "HASH" as const },
  ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" as const }]),
];

function request(table: Inputs): CreateTableCommandInput {
  const { globalSecondaryIndexes: indexes = [] } = table;
  return {
    TableName: table.name,
    BillingMode: table.billingMode,
    AttributeDefinitions: table.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keys(table),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keys(index),
        Projection: { ProjectionType: index.projectionType },
      })),
    }),
    ...(table.streamEnabled === true && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamViewType },
    }),
  };
}

async function makeIn(region: string, table: Inputs): Promise<void> {
  await client(region).send(new CreateTableCommand(request(table)));
  await setTtl(region, table);
}

async function setTtl(region: string, { name, ttl }: Inputs): Promise<void> {
  if (ttl === undefined) return;
  const TimeToLiveSpecification = { AttributeName: ttl.attributeName, Enabled: ttl.enabled };
  await client(region).send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
}

async function described(region: string, name: string) {
  const found = await unlessAbsent(client(region).send(new DescribeTableCommand({ TableName: name })));
  if (found === null) return null;
  return { arn: found.Table?.TableArn ?? "", streamArn: found.Table?.LatestStreamArn ?? "" };
}

async function computed(_id: string, table: Inputs) {
  const own = await described(table.region, table.name);
  if (own === null) return null;
  const { replicas } = table;
  if (replicas === undefined) return own;
  const found = await Promise.all(
    replicas.map(async (replica) => ({ ...replica, ...(await described(replica.regionName, table.name)) })),
  );
  return { ...own, replicas: found };
}

const removeIn = (region: string, name: string) =>
  unlessAbsent(client(region).send(new DeleteTableCommand({ TableName: name })));

const regionsOf = ({ region, replicas = [] }: Inputs): string[] => [
  region,
  ...replicas.map(({ regionName }) => regionName),
];

export const table: Kind<Inputs> = {
  inputs,
  identity: [
    "region",
    "name",
    "hashKey",
    "rangeKey",
    "attributes",
    "globalSecondaryIndexes",
    "streamEnabled",
    "streamViewType",
  ],
  computedIn: { replicas: ["arn", "streamArn"] },
  create: async (made) => {
    for (const region of regionsOf(made)) await makeIn(region, made);
    return { id: made.name, outputs: (await computed(made.name, made)) ?? {} };
  },
  read: computed,
  update: async (id, made, before) => {
    const [old, now] = [regionsOf(before), regionsOf(made)];
    for (const region of now) await (old.includes(region) ? setTtl(region, made) : makeIn(region, made));
    for (const region of old) if (!now.includes(region)) await removeIn(region, made.name);
    return (await computed(id, made)) ?? {};
  },
  delete: async (_id, made) => {
    if (made.deletionProtectionEnabled === true)
      throw new Error(`table ${made.name}: deletionProtectionEnabled is set`);
    for (const region of regionsOf(made)) await removeIn(region, made.name);
  },
};
