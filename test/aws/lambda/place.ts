// One region of AWS with what a connector's functions need, for tests that look at them from outside.
import { createHmac, randomUUID } from "node:crypto";
import { AwsClient } from "../../../src/aws/client.ts";
import { DynamoTable } from "../../../src/aws/dynamo/dynamo-table.ts";
import type { Table } from "../../../src/aws/dynamo/table.ts";
import type { Units } from "../../../src/aws/dynamo/units.ts";
import { Endpoints } from "../../../src/aws/endpoints.ts";
import type { HubEvent } from "../../../src/define/spec.ts";
import type { ConnectorConfig } from "../../../src/hosts/lambda/config.ts";
import { dutyItem } from "../../../src/hosts/lambda/lease/duty-row.ts";
import type { Invocation, Surroundings } from "../../../src/hosts/lambda/runtime/surroundings.ts";
import { nodeClock } from "../../../src/hosts/shared/clock.ts";
import { eventIn } from "../../../src/hub/event-bridge/entries.ts";
import { json, makeQueue } from "../ministack/functions.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { makeTable } from "../ministack/tables.ts";

export const region = "us-east-1";
export const secretValue = `whsec_${Buffer.from("a secret of the shop's").toString("base64")}`;
const lease = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 2_000 };

export interface Place {
  readonly aws: Ministack;
  readonly table: Table;
  readonly regionalTable: Table;
  readonly lines: string[];
  config(change?: Partial<ConnectorConfig>): ConnectorConfig;
  surroundings(change?: Partial<ConnectorConfig>, units?: Units): Surroundings;
  /** The region's keeper says that it has this duty, for a minute. */
  giveDuty(): Promise<void>;
  /** Events that the bus handed on since it was last asked. */
  published(atLeast: number): Promise<readonly HubEvent[]>;
  call(service: string, version: "1.0" | "1.1", target: string, input: object): Promise<unknown>;
}

export const openPlace = async (): Promise<Place> => {
  const aws = await startMinistack({ region });
  const call: Place["call"] = (...asked) => json(aws, ...asked);
  for (const name of ["connector", "regional", "gateway"]) await makeTable(aws, name);
  await call("events", "1.1", "AWSEvents.CreateEventBus", { Name: "hub" });
  const queue = await makeQueue(aws, "taker");
  await call("events", "1.1", "AWSEvents.PutRule", {
    Name: "taker",
    EventBusName: "hub",
    EventPattern: '{"source":["isthmus"]}',
  });
  const target = { Id: "taker", Arn: `arn:aws:sqs:${region}:000000000000:taker` };
  await call("events", "1.1", "AWSEvents.PutTargets", { Rule: "taker", EventBusName: "hub", Targets: [target] });
  await call("secretsmanager", "1.1", "secretsmanager.CreateSecret", { Name: "gate/shop", SecretString: secretValue });
  const client = new AwsClient(
    () => ({ accessKeyId: "test", secretAccessKey: "test" }),
    new Endpoints({ [region]: aws.url }),
  );
  const table = (name: string): Table => new DynamoTable({ client, region, name });
  const lines: string[] = [];
  const config: Place["config"] = (change) => ({ ...configAt(aws.url), ...change });
  const regionalTable = table("regional");
  return {
    aws,
    lines,
    config,
    call,
    regionalTable,
    table: table("connector"),
    surroundings: (change, units) => surroundingsOf(config(change), lines, units),
    giveDuty: () => giveDuty(regionalTable),
    published: (atLeast) => taken(call, queue, atLeast),
  };
};

const configAt = (url: string): ConnectorConfig => ({
  environment: "test",
  mode: "active-active",
  region,
  regions: [region],
  witness: null,
  lease,
  regionalTable: "regional",
  gatewayTable: "gateway",
  busName: "hub",
  secretPrefix: "gate/",
  endpoints: { [region]: url },
  loopback: [],
  name: "orders",
  role: "receive",
  table: "connector",
  dispatchFunction: "orders-dispatch",
  digest: "d1",
  settings: {},
  secrets: ["shop"],
  cursorSecret: null,
  paused: false,
  payloadBucket: null,
});

const surroundingsOf = (config: ConnectorConfig, lines: string[], units: Units | undefined): Surroundings => {
  const line = (...given: readonly unknown[]): void => void lines.push(JSON.stringify(given));
  return {
    variables: { ISTHMUS: JSON.stringify(config), AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    clock: nodeClock,
    random: Math.random,
    log: { info: line, warn: line, error: line },
    ...(units !== undefined && { units }),
  };
};

const giveDuty = (regionalTable: Table): Promise<void> => {
  const until = Date.now() + 60_000;
  const row = { duty: region, epoch: 1, since: 1, lastEpoch: 0, until, handback: null, recalled: false, lent: [] };
  return new Promise((done) => regionalTable.put(dutyItem(row), null, () => done()));
};

const taken = async (call: Place["call"], queue: string, atLeast: number): Promise<readonly HubEvent[]> => {
  const all: HubEvent[] = [];
  do {
    const input = { QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const messages: unknown = Reflect.get(
      Object(await call("sqs", "1.0", "AmazonSQS.ReceiveMessage", input)),
      "Messages",
    );
    for (const message of Array.isArray(messages) ? messages : []) {
      all.push(...[eventIn(String(message.Body))].filter((event) => event !== null));
      await call("sqs", "1.0", "AmazonSQS.DeleteMessage", { QueueUrl: queue, ReceiptHandle: message.ReceiptHandle });
    }
  } while (all.length < atLeast);
  return all;
};

export interface HttpCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A call of the shop's, as an HTTP API hands it over. */
export const httpCall = (id: string, body: string, { secret = secretValue, base64 = false } = {}): HttpCall => {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const call = {
    version: "2.0",
    rawPath: "/orders",
    rawQueryString: "",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    requestContext: { http: { method: "POST" } },
    body: base64 ? Buffer.from(body).toString("base64") : body,
    isBase64Encoded: base64,
  };
  return call;
};

export const invocation = (remainingMs = 60_000): Invocation => {
  const end = Date.now() + remainingMs;
  return { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => end - Date.now() };
};
