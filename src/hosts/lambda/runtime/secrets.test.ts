import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type Ministack, startMinistack } from "../../../../test/aws/ministack/ministack.ts";
import { AwsClient } from "../../../aws/client.ts";
import { Endpoints } from "../../../aws/endpoints.ts";
import { callJson } from "../../../aws/json.ts";
import { overlapMs, readSecret } from "../../../aws/secrets.ts";
import { TestClock } from "../../../core/testing.ts";
import { HeldSecrets } from "./secrets.ts";

let aws: Ministack;
let client: AwsClient;
let name = 0;

beforeAll(async () => {
  aws = await startMinistack({ region: "us-east-1" });
  client = new AwsClient(
    () => ({ accessKeyId: "test", secretAccessKey: "test" }),
    new Endpoints({ "us-east-1": aws.url }),
  );
}, 120_000);
afterAll(() => aws?.kill());
beforeEach(() => {
  name += 1;
});

const secretsManager = (target: string, input: object) =>
  callJson(client, {
    service: "secretsmanager",
    region: "us-east-1",
    version: "1.1",
    target: `secretsmanager.${target}`,
    input,
    timeoutMs: 5_000,
  });
const create = (value: string) => secretsManager("CreateSecret", { Name: `gate/${name}`, SecretString: value });
const rotate = (value: string) => secretsManager("PutSecretValue", { SecretId: `gate/${name}`, SecretString: value });
const held = (clock = new TestClock()) => {
  const lines: string[] = [];
  const log = {
    info: () => undefined,
    warn: (...given: unknown[]) => lines.push(JSON.stringify(given)),
    error: () => undefined,
  };
  const secrets = new HeldSecrets({ client, region: "us-east-1", prefix: "gate/", names: [String(name)], clock, log });
  return { secrets, clock, lines, values: () => secrets.of(String(name)) };
};

it("gives the value as it was when it was last read, and both values after it was rotated", async () => {
  await create("first");
  const { secrets, clock, values } = held();
  expect(await secrets.refresh()).toBe(true);
  await rotate("second");
  await secrets.refresh();
  expect(values()).toEqual(["first"]);
  clock.advance(60_000);
  await secrets.refresh();
  expect(values()).toEqual(["second", "first"]);
});

it("forgets the value before once both sides had time to change", async () => {
  await create("first");
  await rotate("second");
  expect(await readSecret(client, "us-east-1", `gate/${name}`, Date.now() + overlapMs + 60_000)).toEqual({
    kind: "read",
    values: ["second"],
  });
});

it("keeps what it has while the secret manager does not answer, and says so without a value", async () => {
  await create("hush");
  const { secrets, clock, values, lines } = held();
  await secrets.refresh();
  aws.signal("SIGSTOP");
  clock.advance(60_000);
  const refreshed = secrets.refresh();
  clock.advance(500);
  expect(await refreshed).toBe(true);
  expect(values()).toEqual(["hush"]);
  await vi.waitFor(() => expect(lines).not.toEqual([]), 30_000);
  expect(lines.join()).toMatch(/could not be read/);
  expect(lines.join()).not.toContain("hush");
  aws.signal("SIGCONT");
}, 60_000);

it("holds no value of a secret that there is not, and knows that it was read", async () => {
  const { secrets, values } = held();
  expect(await secrets.refresh()).toBe(true);
  expect(values()).toEqual([]);
});
