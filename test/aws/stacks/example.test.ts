// The example environment on AWS, in both topologies, through the real engine and the stand-in for the provider.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { installPack } from "../../../policy/test-support/installed.ts";
import { deploy, destroy, preview, type StackOptions } from "../../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../../scripts/engine/engine.ts";
import { AwsClient } from "../../../src/aws/client.ts";
import { Endpoints } from "../../../src/aws/endpoints.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { Clients } from "../provider/clients.ts";
import { type StandIn, startStandIn } from "../provider/start.ts";

const regionNames = ["us-east-1", "us-west-2"] as const;
/** The example, with all that may be asked for beside. */
const config = { environment: "test-support/full/environment.ts" };
const secrets = {
  "bank-token": "bank",
  "billing-signing": `whsec_${Buffer.from("a key of twenty-four bytes").toString("base64")}`,
  "erp-key": "erp",
  "github-webhook": "github",
  "insurer-underwriting": "insurer",
  "sensors-hmac": "sensors",
  "sensors-token": "sensors",
};
const regionStacks = ["active-active", "primary-secondary"].flatMap((mode) =>
  regionNames.map((region) => ({ stack: `preview-example.${region}.${mode}`, config })),
);
let services: readonly Ministack[] = [];
let standIn: StandIn | undefined;
let options: StackOptions;

beforeAll(async () => {
  services = await Promise.all([...regionNames, "us-east-2"].map((region) => startMinistack({ region })));
  standIn = await startStandIn(Object.fromEntries(services.map(({ region, url }) => [region, url])));
  for (const [name, value] of Object.entries(standIn.variables)) vi.stubEnv(name, value);
  options = {
    engine: await findOrGetEngine(),
    home: await mkdtemp(join(tmpdir(), "isthmus-example-")),
    stacks: [{ stack: "preview-example.global", config, secrets }, ...regionStacks],
  };
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  standIn?.stop();
  await Promise.all(services.map((service) => service.kill()));
  if (options?.home !== undefined) await rm(options.home, { recursive: true });
});

/** Names of the buckets that there are. */
async function bucketsIn(region: string): Promise<readonly string[]> {
  const endpoints = new Endpoints(Object.fromEntries(services.map((service) => [service.region, service.url])));
  const client = new AwsClient(() => ({ accessKeyId: "test", secretAccessKey: "test" }), endpoints);
  const answer = await client.call({ service: "s3", region, method: "GET", timeoutMs: 5_000 });
  if (answer.kind === "silent") throw new Error(answer.reason);
  return [...answer.body.matchAll(/<Bucket><Name>([^<]+)/g)].flatMap(([, name]) => name ?? []);
}

const onlySame = async (): Promise<readonly string[]> =>
  Object.entries(await preview(options)).flatMap(([stack, changes]) =>
    Object.keys(changes).some((change) => change !== "same") ? [`${stack}: ${JSON.stringify(changes)}`] : [],
  );

test("both regions come up in both topologies, and another preview has no differences", async () => {
  const outputs = await deploy(options);
  for (const { stack } of regionStacks) {
    expect(Object.keys(Object(outputs[stack]?.digests)).sort()).toEqual([
      "bank-payments",
      "billing-usage",
      "erp-customers",
      "github-pushes",
      "insurer-policies",
      "ledger-entries",
      "marketplace-orders",
      "sensors-readings",
    ]);
  }
  expect(await onlySame()).toEqual([]);
}, 300_000);

test("no rule of the policy pack is broken by what was deployed", async () => {
  const pack = installPack(options.home ?? "");
  vi.stubEnv("PATH", [pack.bin, process.env.PATH].join(delimiter));
  const said: string[] = [];
  await preview({ ...options, policyPacks: [pack.path], onOutput: (text) => said.push(text) });
  // Once for each stack: a pack that did not run finds nothing either.
  expect(said.join("").match(/isthmus@v0\.1\.0/g)?.length).toBeGreaterThanOrEqual(options.stacks.length);
}, 200_000);

test("nothing is left when it is destroyed", async () => {
  const stacks = options.stacks.map(({ stack }) => ({ stack }));
  await destroy({ ...options, stacks, remove: true, discard: ["*"] });
  const clients = new Clients(Object.fromEntries(services.map(({ region, url }) => [region, url])));
  for (const { region } of services) {
    const { TableNames = [] } = await clients.dynamodb(region).send(new ListTablesCommand());
    const { Functions = [] } = await clients.lambda(region).send(new ListFunctionsCommand());
    const { QueueUrls = [] } = await clients.sqs(region).send(new ListQueuesCommand());
    expect([region, TableNames, Functions, QueueUrls, await bucketsIn(region)]).toEqual([region, [], [], [], []]);
  }
}, 200_000);
