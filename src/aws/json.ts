// The AWS JSON protocols 1.0 and 1.1: one POST, the operation in a header, errors by their code.
import { setTimeout as wait } from "node:timers/promises";
import type { AwsClient } from "./client.ts";

export interface JsonCall {
  readonly service: string;
  readonly region: string;
  readonly version: "1.0" | "1.1";
  /** For example `DynamoDB_20120810.PutItem`. */
  readonly target: string;
  readonly input: unknown;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Attempts in all, where the service was busy or did not answer: only for what may be repeated. Default 3. */
  readonly attempts?: number;
}

export type JsonAnswer =
  | { readonly kind: "done"; readonly output: unknown }
  /** The service said no. `code` without its namespace, for example `ConditionalCheckFailedException`. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly body: unknown;
    }
  /** No answer came, or none that can be read: it may have been done or not. */
  | { readonly kind: "silent"; readonly reason: string };

const firstPauseMs = 50;
const longestPauseMs = 2_000;
const throttles = /Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|TooManyRequests|SlowDown|LimitExceeded/;

/** Whether the service asks to come again later. */
export const isBusy = ({ status, code }: { readonly status: number; readonly code: string }): boolean =>
  status >= 500 || status === 429 || throttles.test(code);

/** Calls with full jitter between attempts. */
export const callJson = async (
  client: AwsClient,
  call: JsonCall,
  random: () => number = Math.random,
): Promise<JsonAnswer> => {
  const attempts = call.attempts ?? 3;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await callOnce(client, call);
    const again = answer.kind === "silent" || (answer.kind === "refused" && isBusy(answer));
    if (!again || attempt >= attempts) return answer;
    await wait(random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt));
  }
};

const callOnce = async (
  client: AwsClient,
  { service, region, version, target, input, timeoutMs }: JsonCall,
): Promise<JsonAnswer> => {
  const answer = await client.call({
    service,
    region,
    headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target },
    body: JSON.stringify(input),
    timeoutMs,
  });
  if (answer.kind === "silent") return answer;
  const body = parsed(answer.body);
  if (answer.status >= 200 && answer.status < 300) return { kind: "done", output: body };
  const said = fieldsOf(body);
  const code = textOf(answer.headers.get("x-amzn-errortype")) ?? textOf(said.__type) ?? textOf(said.code) ?? "Unknown";
  return {
    kind: "refused",
    status: answer.status,
    code: code.replace(/^.*#/, "").replace(/:.*$/, ""),
    message: textOf(said.message) ?? textOf(said.Message) ?? "",
    body,
  };
};

const parsed = (text: string): unknown => {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return {};
  }
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
