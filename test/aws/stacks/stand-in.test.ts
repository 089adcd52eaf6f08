// The real engine with the stand-in for the provider of AWS, against MiniStack.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deploy, destroy, preview, refresh, type StackOptions } from "../../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../../scripts/engine/engine.ts";
import { AwsClient } from "../../../src/aws/client.ts";
import { Endpoints } from "../../../src/aws/endpoints.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { type StandIn, startStandIn } from "../provider/start.ts";

const STACK = "trial";
let regions: readonly Ministack[] = [];
let standIn: StandIn | undefined;
let options: StackOptions;

beforeAll(async () => {
  regions = await Promise.all(["us-east-1", "us-west-2"].map((region) => startMinistack({ region })));
  standIn = await startStandIn(endpoints());
  for (const [name, value] of Object.entries(standIn.variables)) vi.stubEnv(name, value);
  options = {
    engine: await findOrGetEngine(),
    stacks: [{ stack: STACK }],
    home: await mkdtemp(join(tmpdir(), "isthmus-stand-in-")),
    project: join(import.meta.dirname, "program"),
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  standIn?.stop();
  await Promise.all(regions.map((region) => region.kill()));
  if (options?.home !== undefined) await rm(options.home, { recursive: true });
  await rm(join(import.meta.dirname, "program", `Pulumi.${STACK}.yaml`), { force: true });
});

const endpoints = () => Object.fromEntries(regions.map(({ region, url }) => [region, url]));
const clientOf = (region: string) => ({
  region,
  endpoint: regions.find((each) => each.region === region)?.url ?? "",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
const retention = async (url: unknown) => {
  const command = new GetQueueAttributesCommand({ QueueUrl: String(url), AttributeNames: ["MessageRetentionPeriod"] });
  return (await new SQSClient(clientOf("us-east-1")).send(command)).Attributes?.MessageRetentionPeriod;
};
const withRetention = (value: unknown): StackOptions => ({
  ...options,
  stacks: [{ stack: STACK, config: { retention: value } }],
});

test("what is deployed stands in every region, and another preview has no differences", async () => {
  const { [STACK]: outputs = {} } = await deploy(options);
  for (const region of ["us-east-1", "us-west-2"]) {
    const client = new DynamoDBClient(clientOf(region));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "things" }));
    expect(Table?.LatestStreamArn).toContain(`:${region}:`);
  }
  expect(outputs.streamArn).toContain(":us-east-1:");
  expect(outputs.replicas).toMatchObject([{ streamArn: expect.stringContaining(":us-west-2:") }]);
  expect(await preview(options)).toEqual({ [STACK]: { same: 6 } });
  await refresh(options);
  expect(await preview(options)).toEqual({ [STACK]: { same: 6 } });
});

test("what changes is updated in place, and a value that there is not is refused before anything is made", async () => {
  const { [STACK]: outputs = {} } = await deploy(withRetention(90));
  expect(await retention(outputs.queueUrl)).toBe("90");
  const stacks = [{ stack: STACK, config: { view: "NOTHING" } }];
  await expect(preview({ ...options, stacks })).rejects.toThrow("streamViewType");
});

test("a bucket that holds something is deleted only where the program says so", async () => {
  const client = new AwsClient(() => clientOf("us-east-1").credentials, new Endpoints(endpoints()));
  const path = "things-of-a-trial/large";
  await client.call({ service: "s3", region: "us-east-1", method: "PUT", path, body: "payload", timeoutMs: 5_000 });
  await expect(destroy(options)).rejects.toThrow("BucketNotEmpty");
  await deploy({ ...options, stacks: [{ stack: STACK, config: { force: true, view: "NEW_AND_OLD_IMAGES" } }] });
});

test("nothing is left when it is destroyed", async () => {
  await destroy({ ...options, remove: true });
  for (const region of ["us-east-1", "us-west-2"]) {
    const { TableNames } = await new DynamoDBClient(clientOf(region)).send(new ListTablesCommand());
    const { QueueUrls } = await new SQSClient(clientOf(region)).send(new ListQueuesCommand());
    expect([TableNames ?? [], QueueUrls ?? []]).toEqual([[], []]);
  }
});
