// Functions, and what calls them, for tests that need no stack.
import { AwsClient } from "../../../src/aws/client.ts";
import { Endpoints } from "../../../src/aws/endpoints.ts";
import { callJson } from "../../../src/aws/json.ts";
import type { Ministack } from "./ministack.ts";
import { zip } from "./zip.ts";

export type Place = Pick<Ministack, "url" | "region">;

export interface FunctionOptions {
  readonly name: string;
  /** Text of `index.js`. */
  readonly code: string;
  /** Texts of files beside it, by name. Default: none. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutS?: number;
}

const account = "000000000000";
const callMs = 20_000;

export const clientFor = ({ url, region }: Place): AwsClient =>
  new AwsClient(() => ({ accessKeyId: "test", secretAccessKey: "test" }), new Endpoints({ [region]: url }));

export const functionArn = ({ region }: Place, name: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;

export async function makeFunction(
  place: Place,
  { name, code, beside = {}, variables, timeoutS = 60 }: FunctionOptions,
): Promise<void> {
  await rest(place, "lambda", "2015-03-31/functions", {
    FunctionName: name,
    Runtime: "nodejs22.x",
    Role: `arn:aws:iam::${account}:role/${name}`,
    Handler: "index.handler",
    Code: { ZipFile: zip({ "index.js": code, ...beside }).toString("base64") },
    Environment: { Variables: variables },
    Timeout: timeoutS,
    MemorySize: 512,
  });
}

/** Has a table's stream call a function for entries that are accepted in the region. */
export async function onStream(place: Place, table: string, name: string): Promise<void> {
  const described = await json(place, "dynamodb", "1.0", "DynamoDB_20120810.DescribeTable", { TableName: table });
  const arn: unknown = Reflect.get(Object(Reflect.get(Object(described), "Table")), "LatestStreamArn");
  const accepted = {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { NewImage: { inbox: { S: [{ exists: true }] } } },
  };
  await source(place, name, {
    EventSourceArn: arn,
    StartingPosition: "TRIM_HORIZON",
    BatchSize: 100,
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify(accepted) }] },
  });
}

/** Makes a queue that calls a function. Gives its url. */
export async function onQueue(place: Place, queue: string, name: string): Promise<string> {
  const url = await makeQueue(place, queue);
  await fromQueue(place, queue, name);
  return url;
}

/** Has a queue that there is call a function. */
export async function fromQueue(place: Place, queue: string, name: string): Promise<void> {
  await source(place, name, { EventSourceArn: queueArn(place, queue), BatchSize: 10 });
}

export const queueArn = ({ region }: Place, queue: string): string => `arn:aws:sqs:${region}:${account}:${queue}`;

export async function makeQueue(
  place: Place,
  queue: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const made = await json(place, "sqs", "1.0", "AmazonSQS.CreateQueue", {
    QueueName: queue,
    Attributes: { VisibilityTimeout: "2", ...attributes },
  });
  return String(Reflect.get(Object(made), "QueueUrl"));
}

/** Makes an HTTP API that hands all its calls to a function. Gives the name of its host. */
export async function makeHttpApi(place: Place, name: string): Promise<string> {
  const made = (path: string, input: object) => rest(place, "apigateway", `v2/apis${path}`, input);
  const id = textIn(await made("", { name, protocolType: "HTTP" }), "apiId");
  const integration = await made(`/${id}/integrations`, {
    integrationType: "AWS_PROXY",
    integrationUri: functionArn(place, name),
    payloadFormatVersion: "2.0",
  });
  await made(`/${id}/routes`, {
    routeKey: "$default",
    target: `integrations/${textIn(integration, "integrationId")}`,
  });
  await made(`/${id}/stages`, { stageName: "$default", autoDeploy: true });
  return `${id}.execute-api.localhost`;
}

const source = (place: Place, name: string, input: object): Promise<unknown> =>
  rest(place, "lambda", "2015-03-31/event-source-mappings", {
    FunctionName: name,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ...input,
  });

export async function rest(place: Place, service: string, path: string, input: object): Promise<unknown> {
  const answer = await clientFor(place).call({
    service,
    region: place.region,
    path,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
    timeoutMs: callMs,
  });
  if (answer.kind === "silent" || answer.status > 299) throw new Error(`${service} ${path}: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.body);
}

export async function json(
  { url, region }: Place,
  service: string,
  version: "1.0" | "1.1",
  target: string,
  input: object,
): Promise<unknown> {
  const call = { service, region, version, target, input, timeoutMs: callMs };
  const answer = await callJson(clientFor({ url, region }), call);
  if (answer.kind !== "done") throw new Error(`${target}: ${JSON.stringify(answer)}`);
  return answer.output;
}

const textIn = (given: unknown, name: string): string => String(Reflect.get(Object(given), name));
