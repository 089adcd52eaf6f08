import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ministack, startMinistack } from "../../test/aws/ministack/ministack.ts";
import { AwsClient } from "./client.ts";
import { Endpoints } from "./endpoints.ts";
import { assumeRole } from "./sts.ts";

let aws: Ministack;
beforeAll(async () => {
  aws = await startMinistack({ region: "us-east-1" });
}, 120_000);
afterAll(() => aws?.kill());

const call = {
  region: "us-east-1",
  role: "arn:aws:iam::000000000000:role/acme",
  externalId: "ours & theirs",
  sessionName: "isthmus",
  timeoutMs: 5_000,
};
const clientAt = (url: string) =>
  new AwsClient(() => ({ accessKeyId: "test", secretAccessKey: "test" }), new Endpoints({ "us-east-1": url }));

it("a role's credentials are taken from the service's answer, with their end", async () => {
  const before = Date.now();
  const answer = await assumeRole(clientAt(aws.url), call);
  if (answer.kind !== "assumed") throw new Error(JSON.stringify(answer));
  const { accessKeyId, secretAccessKey, sessionToken } = answer.credentials;
  expect([accessKeyId, secretAccessKey, sessionToken].every((text) => text !== undefined && text.length > 8)).toBe(
    true,
  );
  expect(answer.expiresAtMs).toBeGreaterThan(before + 600_000);
});

it("a service that is not there is silent", async () => {
  expect(await assumeRole(clientAt("http://127.0.0.1:1"), call)).toMatchObject({ kind: "silent" });
});
