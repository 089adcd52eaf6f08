// Each rule finds what is planted, and nothing in what is as it should be or not known yet.
import { describe, expect, test } from "vitest";
import { type Looked, type Rule, UNKNOWN } from "./rule.ts";
import { rules } from "./rules.ts";

const ruleOf = (name: string): Rule => {
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined) throw new Error(`there is no rule ${name}`);
  return found;
};
const look = (name: string, type: string, props: Looked["props"], region: string | null = "us-east-1") => {
  const rule = ruleOf(name);
  return rule.about.test(type) ? rule.look({ type, name: "x", props, region }) : null;
};

const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const FUNCTION = "aws:lambda/function:Function";
const TABLE = "aws:dynamodb/table:Table";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ROLE = "aws:iam/role:Role";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const BUCKET_KEY = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const policy = (...Statement: readonly object[]) => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
const trust = (statement: object) => ({ assumeRolePolicy: JSON.stringify({ Statement: [statement] }) });
const read = { Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: ["arn:aws:dynamodb:r:1:table/t"] };
const onlyTls = {
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action: "s3:*",
  Resource: "arn:aws:s3:::payloads/*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const encryptedBy = (key: object) => ({ rules: [{ applyServerSideEncryptionByDefault: key }] });
const events = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage" };

describe("planted and found", () => {
  const planted: readonly (readonly [string, string, Looked["props"], string])[] = [
    ["queues-redrive", QUEUE, { name: "orders" }, "dead-letter queue"],
    ["queues-redrive", QUEUE, {}, "dead-letter queue"],
    ["queues-encrypted", QUEUE, { name: "orders" }, "sqsManagedSseEnabled"],
    ["queues-encrypted", QUEUE, { sqsManagedSseEnabled: false }, "sqsManagedSseEnabled"],
    ["sources-answer-in-part", MAPPING, { batchSize: 10 }, "ReportBatchItemFailures"],
    ["sources-answer-in-part", MAPPING, { functionResponseTypes: [] }, "ReportBatchItemFailures"],
    ["streams-bisect", MAPPING, { startingPosition: "LATEST" }, "bisectBatchOnFunctionError"],
    ["streams-tell-failures", MAPPING, { startingPosition: "LATEST" }, "destinationConfig.onFailure"],
    ["streams-tell-failures", MAPPING, { startingPosition: "LATEST", destinationConfig: {} }, "onFailure"],
    ["no-wildcard-action", ROLE_POLICY, policy({ ...read, Action: "*" }), "'*'"],
    ["no-wildcard-action", ROLE_POLICY, policy(read, { ...read, Action: ["sqs:SendMessage", "sqs:*"] }), "'sqs:*'"],
    ["no-wildcard-action", QUEUE_POLICY, policy({ ...read, Action: "sqs:Get*" }), "'sqs:Get*'"],
    ["no-wildcard-resource", ROLE_POLICY, policy({ ...read, Resource: "*" }), "'*'"],
    ["no-wildcard-resource", ROLE_POLICY, policy({ ...read, Resource: ["arn:aws:dynamodb:r:1:table/*"] }), "table/*"],
    ["no-wildcard-resource", "aws:iam/policy:Policy", policy({ ...read, Resource: "*" }), "'*'"],
    ["no-wildcard-resource", ROLE_POLICY, policy({ ...read, Resource: "arn:aws:logs:r:1:log-group:*" }), "log-group:*"],
    ["no-wildcard-resource", ROLE_POLICY, policy({ ...read, Resource: "arn:aws:s3:::payloads/*" }), "payloads/*"],
    ["no-anybody", QUEUE_POLICY, policy({ ...read, Principal: "*" }), "anybody"],
    ["no-anybody", QUEUE_POLICY, policy({ ...read, Principal: { AWS: ["1", "*"] } }), "anybody"],
    ["no-access-keys", "aws:iam/accessKey:AccessKey", { user: "x" }, "use a role"],
    ["no-access-keys", "aws:iam/user:User", {}, "use a role"],
    ["no-confused-deputy", QUEUE_POLICY, policy(events), "aws:SourceAccount"],
    [
      "no-confused-deputy",
      ROLE,
      trust({ ...events, Principal: { Service: ["scheduler.amazonaws.com"] } }),
      "aws:Source",
    ],
    ["urls-signed", "aws:lambda/functionUrl:FunctionUrl", { authorizationType: "NONE" }, "AWS_IAM"],
    ["in-own-region", QUEUE, { region: "us-west-2" }, "stands in 'us-west-2', and its stack in 'us-east-1'"],
    ["in-own-region", TABLE, {}, "set region"],
    ["no-secret-variables", FUNCTION, { environment: { variables: { API_KEY: "x" } } }, "API_KEY"],
    ["no-secret-variables", FUNCTION, { environment: { variables: { dbPassword: "x" } } }, "dbPassword"],
    ["no-secret-variables", FUNCTION, { environment: { variables: { A: '{"k":"whsec_MfKQ9r8GKYqrTwjU"}' } } }, "A"],
    ["no-secret-variables", FUNCTION, { environment: { variables: { A: "AKIAIOSFODNN7EXAMPLE" } } }, "A"],
    ["buckets-private", "aws:s3/bucketAcl:BucketAcl", { acl: "public-read" }, "public-read"],
    [
      "buckets-private",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      { blockPublicAcls: true, blockPublicPolicy: false, ignorePublicAcls: true, restrictPublicBuckets: true },
      "blockPublicPolicy",
    ],
    ["buckets-by-tls", BUCKET_POLICY, policy(read), "aws:SecureTransport"],
    ["buckets-by-tls", BUCKET_POLICY, policy({ ...onlyTls, Effect: "Allow" }), "aws:SecureTransport"],
    ["buckets-encrypted", BUCKET_KEY, { rules: [] }, "kmsMasterKeyId"],
    ["buckets-encrypted", BUCKET_KEY, encryptedBy({ sseAlgorithm: "aws:kms" }), "kmsMasterKeyId"],
    ["buckets-versioned", VERSIONING, { versioningConfiguration: { status: "Suspended" } }, "Enabled"],
    ["tables-encrypted", TABLE, {}, "serverSideEncryption"],
    ["tables-restorable", TABLE, { pointInTimeRecovery: { enabled: false } }, "pointInTimeRecovery"],
    [
      "tables-restorable",
      TABLE,
      { pointInTimeRecovery: { enabled: true }, replicas: [{ regionName: "us-west-2" }] },
      "replicas[0].pointInTimeRecovery",
    ],
    ["secrets-encrypted", "aws:secretsmanager/secret:Secret", {}, "kmsKeyId"],
    ["logs-end", LOGS, {}, "retentionInDays"],
    ["logs-end", LOGS, { retentionInDays: 0 }, "retentionInDays"],
  ];
  test.each(planted)("%s: %s %j", (name, type, props, message) => {
    expect(look(name, type, props)).toEqual([expect.stringContaining(message)]);
  });

  test("every rule has a plant", () => {
    expect(new Set(planted.map(([name]) => name))).toEqual(new Set(rules.map(({ name }) => name)));
  });
});

describe("as it should be", () => {
  test.each<readonly [string, string, Looked["props"]]>([
    ["queues-redrive", QUEUE, { name: "isthmus_x_dead" }],
    ["queues-redrive", QUEUE, { name: "isthmus_x_dead.fifo" }],
    ["queues-redrive", QUEUE, { name: "orders", redrivePolicy: UNKNOWN }],
    ["queues-encrypted", QUEUE, { kmsMasterKeyId: UNKNOWN }],
    ["streams-bisect", MAPPING, { eventSourceArn: "queue" }],
    ["streams-tell-failures", MAPPING, { startingPosition: "LATEST", destinationConfig: UNKNOWN }],
    ["no-wildcard-action", ROLE_POLICY, policy({ Effect: "Deny", Action: "*", Resource: "*" })],
    [
      "no-wildcard-resource",
      ROLE_POLICY,
      policy({ ...read, Resource: "arn:aws:logs:r:1:log-group:/a/b:log-stream:*" }),
    ],
    ["no-wildcard-resource", ROLE_POLICY, policy({ ...read, Resource: "arn:aws:s3:::payloads/orders/*" })],
    ["no-wildcard-resource", ROLE_POLICY, { policy: UNKNOWN }],
    ["buckets-by-tls", BUCKET_POLICY, policy(onlyTls)],
    ["buckets-by-tls", BUCKET_POLICY, { policy: UNKNOWN }],
    ["buckets-encrypted", BUCKET_KEY, encryptedBy({ kmsMasterKeyId: UNKNOWN })],
    ["no-anybody", BUCKET_POLICY, policy(onlyTls)],
    ["no-anybody", QUEUE_POLICY, policy({ ...read, Principal: "*", Condition: { StringEquals: { "aws:x": "1" } } })],
    ["no-confused-deputy", ROLE, trust({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } })],
    ["no-confused-deputy", QUEUE_POLICY, policy({ ...events, Condition: { ArnEquals: { "aws:SourceArn": "rule" } } })],
    ["in-own-region", ROLE, {}],
    ["in-own-region", QUEUE, { region: UNKNOWN }],
    ["no-secret-variables", FUNCTION, { environment: { variables: { ISTHMUS: '{"secretPrefix":"isthmus/"}' } } }],
    ["no-secret-variables", FUNCTION, { environment: UNKNOWN }],
  ])("%s: %s %j", (name, type, props) => {
    expect(look(name, type, props)).toEqual([]);
  });

  test("a stack of no region may stand in several", () => {
    expect(look("in-own-region", TABLE, { region: "us-west-2" }, null)).toEqual([]);
  });

  test("a key's own policy speaks of the key as '*'", () => {
    expect(look("no-wildcard-resource", "aws:kms/key:Key", policy({ ...read, Resource: "*" }))).toBeNull();
  });
});
