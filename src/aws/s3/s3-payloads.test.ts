import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ministack, startMinistack } from "../../../test/aws/ministack/ministack.ts";
import { makeTable } from "../../../test/aws/ministack/tables.ts";
import { AwsClient } from "../client.ts";
import { DynamoTable } from "../dynamo/dynamo-table.ts";
import { withLargePayloads } from "../dynamo/large-payloads.ts";
import type { Got, Item, Table, TableFailure, Written } from "../dynamo/table.ts";
import { Endpoints } from "../endpoints.ts";
import { S3Payloads } from "./s3-payloads.ts";

const region = "us-east-1";
let aws: Ministack;
let client: AwsClient;
let table: Table;

beforeAll(async () => {
  aws = await startMinistack({ region });
  await makeTable(aws, "events");
  client = new AwsClient(
    () => ({ accessKeyId: "test", secretAccessKey: "test" }),
    new Endpoints({ [region]: aws.url }),
  );
  await client.call({ service: "s3", region, path: "payloads", method: "PUT", timeoutMs: 5_000 });
  const plain = new DynamoTable({ client, region, name: "events" });
  table = withLargePayloads(plain, new S3Payloads({ client, bucket: { region, name: "payloads" } }));
}, 120_000);
afterAll(() => aws?.kill());

const put = (item: Item) => new Promise<Written>((done) => table.put(item, { kind: "absent" }, done));
const large = (first: string): Item => ({
  pk: "east#e#1",
  sk: "e",
  attributes: { payload: first + "ž🐎".repeat(200_000), inbox: "east", at: 1 },
});

it("takes an item that is larger than DynamoDB's, and the first of two stays", async () => {
  expect(await put(large("a"))).toEqual({ kind: "written" });
  expect(await put(large("b"))).toEqual({ kind: "unmet", item: large("a") });
  const got = await new Promise<Got | TableFailure>((done) => table.get([large("a")], true, done));
  expect(got).toEqual({ kind: "got", items: [large("a")] });
});

it("takes nothing where the bucket does not", async () => {
  const none = new S3Payloads({ client, bucket: { region, name: "none" } });
  expect(await new Promise((done) => none.put("name", "text", done))).toBe(false);
  expect(await new Promise((done) => none.get("name", done))).toBeNull();
});
