// What each function may do: exactly this, by role and driver.
import { expect, test } from "vitest";
import { planKeeper } from "./gateway-functions.ts";
import { rolePolicies } from "./policy.ts";
import { functionGrants, gatewayPlan, planOf } from "./test-support/plans.ts";

const TABLE = "table/isthmus_prod_aa_orders_journal";
const REGIONAL = "table/isthmus_prod_aa_regional";
const VOTES = ["us-east-1", "us-west-2", "us-east-2"].map(
  (region) => `dynamodb:GetItem,PutItem,UpdateItem ${region} ${REGIONAL}`,
);
const READ = [TABLE, `${TABLE}/index/inbox`, REGIONAL].map(
  (on) => `dynamodb:BatchGetItem,GetItem,Query us-east-1 ${on}`,
);
const WRITE = `dynamodb:DeleteItem,PutItem,UpdateItem us-east-1 ${TABLE} own keys`;
const PEER = `dynamodb:PutItem us-west-2 ${TABLE} own keys`;
const payloads = (region: string) => `isthmus-prod-aa-123456789012-${region}/orders/*`;
const GET = ["us-east-1", "us-west-2"].map((region) => `s3:GetObject ${payloads(region)}`);
const PUT = ["us-east-1", "us-west-2"].map((region) => `s3:DeleteObject,PutObject ${payloads(region)}`);
const key = (...regions: readonly string[]) =>
  regions.map((region) => `kms:Decrypt,DescribeKey,Encrypt,GenerateDataKey ${region} key/mrk-1 by services`);
const logs = (of: string) =>
  `logs:CreateLogStream,PutLogEvents us-east-1 log-group:/aws/lambda/isthmus_prod_aa_orders_${of}:log-stream:*`;
const secret = (name: string) => `secretsmanager:GetSecretValue us-east-1 secret:isthmus/prod/${name}-AbCdEf`;
const ACCEPT = [...READ, WRITE, ...GET, ...PUT, ...key("us-east-1", "us-west-2")];
const engine = [
  ...READ,
  ...GET,
  ...PUT,
  "dynamodb:BatchGetItem,GetItem,Query us-east-1 table/isthmus_prod_aa_gateway",
  WRITE,
  `dynamodb:DeleteItem,PutItem,UpdateItem us-east-1 ${REGIONAL}`,
  ...VOTES,
  "dynamodb:DescribeStream,GetRecords,GetShardIterator,ListStreams us-east-1 table/isthmus_prod_aa_orders_journal/stream/1",
  "sqs:SendMessage us-east-1 isthmus_prod_aa_orders_dispatch_dead",
  logs("dispatch"),
  ...key("us-east-1", "us-west-2", "us-east-2"),
];
const HUB = "events:PutEvents us-east-1 event-bus/isthmus_prod_aa";
const INBOX =
  "sqs:ChangeMessageVisibility,DeleteMessage,GetQueueAttributes,ReceiveMessage us-east-1 isthmus_prod_aa_orders_inbox";

test.each<readonly [string, string, string, readonly string[]]>([
  ["http receive", "dispatch", "regional", [...engine, HUB, secret("hook")]],
  ["http receive", "accept", "regional", [...ACCEPT, logs("accept"), secret("hook")]],
  ["http receive", "accept", "replicated", [...ACCEPT, PEER, logs("accept"), secret("hook")]],
  ["http poll", "dispatch", "replicated", [...engine, PEER, HUB, secret("hook")]],
  ["http send", "dispatch", "regional", [...engine, secret("hook")]],
  ["http send", "accept", "regional", [...ACCEPT, logs("accept"), INBOX]],
  ["sqs send", "dispatch", "regional", [...engine, "sts:AssumeRole role/theirs"]],
  ["event-bridge send", "dispatch", "regional", [...engine, "events:PutEvents us-east-1 event-bus/theirs"]],
  ["sqs receive", "accept", "regional", [...ACCEPT, logs("accept"), INBOX]],
])("%s: %s, %s", (kind, of, durability, expected) => {
  expect(functionGrants(planOf(kind, durability), of)).toEqual([...expected].sort());
});

test("nobody but the engine of an ingress publishes, and nobody but the keeper and people call functions", () => {
  for (const kind of ["http send", "sqs send", "event-bridge send"]) {
    expect(functionGrants(planOf(kind, "regional"), "accept").filter((one) => /PutEvents|Invoke/.test(one))).toEqual(
      [],
    );
  }
});

test("of two hundred connectors the keeper's policies still fit a role", () => {
  const names = Array.from({ length: 200 }, (_, index) => `a-connector-of-some-length-${index}`);
  const gateway = gatewayPlan(
    Object.fromEntries(
      names.map((name) => [
        name,
        { role: "send", driver: "http", digest: "d", fixedSource: false, privateServices: [] },
      ]),
    ),
  );
  const { kind, texts } = rolePolicies(planKeeper(gateway).statements);
  expect(kind).toBe("managed");
  expect(texts.length).toBeLessThanOrEqual(10);
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(6_144);
});
