import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ministack, startMinistack } from "../../../../test/aws/ministack/ministack.ts";
import { makeTable } from "../../../../test/aws/ministack/tables.ts";
import { AwsClient } from "../../../aws/client.ts";
import { DynamoTable } from "../../../aws/dynamo/dynamo-table.ts";
import { Endpoints } from "../../../aws/endpoints.ts";
import { nodeClock } from "../../shared/clock.ts";
import { type DutyRow, dutyPk, dutyRowOf } from "../lease/duty-row.ts";
import { type ToldHealth, toldHealth } from "../runtime/health.ts";
import { keep } from "./handler.ts";

const lease = { ttlMs: 3_000, marginMs: 300, requestTimeoutMs: 2_000 };
const names = ["us-east-1", "us-west-2", "eu-west-1"] as const;
const regions = names.slice(0, 2);
let aws: readonly Ministack[] = [];
let endpoints: Record<string, string> = {};

beforeAll(async () => {
  aws = await Promise.all(names.map((region) => startMinistack({ region })));
  endpoints = Object.fromEntries(aws.map(({ region, url }) => [region, url]));
  for (const each of aws) for (const name of ["regional", "gateway"]) await makeTable(each, name);
}, 120_000);
afterAll(async () => {
  for (const each of aws) await each.kill();
});

const keeperIn = (region: string) => {
  const config = { environment: "test", mode: "active-active", region, regions, witness: "eu-west-1", lease };
  const names = { regionalTable: "regional", gatewayTable: "gateway", busName: "bus", secretPrefix: "test/" };
  const rest = { endpoints, loopback: [], payloadBucket: null, keeperFunction: "keeper", connectors: {} };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return keep({
    variables: {
      ISTHMUS: JSON.stringify({ ...config, ...names, ...rest }),
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    clock: nodeClock,
    random: Math.random,
    log: quiet,
  });
};

/** One call, which keeps for this long. */
const call = (keeper: ReturnType<typeof keep>, keepsMs: number) =>
  keeper({}, { awsRequestId: "r", getRemainingTimeInMillis: () => keepsMs + lease.requestTimeoutMs + 2_000 });

const regionalOf = (region: string): DynamoTable => {
  const client = new AwsClient(() => ({ accessKeyId: "test", secretAccessKey: "test" }), new Endpoints(endpoints));
  return new DynamoTable({ client, region, name: "regional" });
};
const rowsIn = (region: string): Promise<readonly DutyRow[]> =>
  new Promise((done) =>
    regionalOf(region).query({ pk: dutyPk, limit: 9, consistent: true }, (read) =>
      done(read.kind === "read" ? read.items.map(dutyRowOf) : []),
    ),
  );
const healthIn = (region: string) => new Promise<ToldHealth | null>((done) => toldHealth(regionalOf(region), done));

it("keeps a duty over one call and the next, under one epoch, over the tables of three regions, and tells how it is", async () => {
  const east = keeperIn("us-east-1");
  expect(await call(east, 8_000)).toBe("keeps");
  const epochOf = async () => (await rowsIn("us-east-1")).find(({ duty }) => duty === "us-east-1");
  const first = await epochOf();
  expect(await healthIn("us-east-1")).toMatchObject({ accept: { well: true } });
  expect(first?.epoch).toBeGreaterThan(0);
  expect(await call(east, 1_500)).toBe("keeps");
  const second = await epochOf();
  expect(second?.epoch).toBe(first?.epoch);
  expect(second?.until).toBeGreaterThan(first?.until ?? 0);
}, 60_000);

it("ends at once when another one keeps, so that the next call may", async () => {
  const call = keeperIn("us-west-2")({}, { awsRequestId: "r", getRemainingTimeInMillis: () => 60_000 });
  const rowsOf = async () => (await rowsIn("us-west-2")).length;
  await expect.poll(rowsOf, { timeout: 10_000 }).toBeGreaterThan(0);
  const other = { id: "another", until: Date.now() + 60_000, released: 0, version: 1_000 };
  const row = { pk: "keeper", sk: "keeper", attributes: { ...other, note: "{}" } };
  regionalOf("us-west-2").put(row, null, () => undefined);
  const late = new Promise((done) => setTimeout(done, 20_000, "late"));
  expect(await Promise.race([call, late])).toBe("keeps");
}, 60_000);
