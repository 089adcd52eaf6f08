// The example environment on AWS, in both topologies, through the real engine and the stand-in for the provider.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deploy, destroy, preview, type StackOptions } from "../../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../../scripts/engine/engine.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { Clients } from "../provider/clients.ts";
import { type StandIn, startStandIn } from "../provider/start.ts";

const regionNames = ["us-east-1", "us-west-2"] as const;
const config = { environment: "environments/aws.ts" };
const secrets = {
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

const onlySame = async (): Promise<readonly string[]> =>
  Object.entries(await preview(options)).flatMap(([stack, changes]) =>
    Object.keys(changes).some((change) => change !== "same") ? [`${stack}: ${JSON.stringify(changes)}`] : [],
  );

test("both regions come up in both topologies, and another preview has no differences", async () => {
  const outputs = await deploy(options);
  for (const { stack } of regionStacks) {
    expect(Object.keys(Object(outputs[stack]?.digests)).sort()).toEqual([
      "billing-usage",
      "erp-customers",
      "github-pushes",
      "insurer-policies",
      "marketplace-orders",
      "sensors-readings",
    ]);
  }
  expect(await onlySame()).toEqual([]);
}, 300_000);

test("nothing is left when it is destroyed", async () => {
  const stacks = options.stacks.map(({ stack }) => ({ stack }));
  await destroy({ ...options, stacks, remove: true, discard: ["*"] });
  const clients = new Clients(Object.fromEntries(services.map(({ region, url }) => [region, url])));
  for (const { region } of services) {
    const { TableNames = [] } = await clients.dynamodb(region).send(new ListTablesCommand());
    const { Functions = [] } = await clients.lambda(region).send(new ListFunctionsCommand());
    const { QueueUrls = [] } = await clients.sqs(region).send(new ListQueuesCommand());
    expect([region, TableNames, Functions, QueueUrls]).toEqual([region, [], [], []]);
  }
}, 200_000);
