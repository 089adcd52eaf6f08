/** Calls of a service by its JSON protocol, written only while that is allowed, and what their answers mean. */
import type { Clock, Done, Sending } from "../../core/ports.ts";
import { type Judgement, judgeResponse, retryAfterMs } from "../../define/taxonomy.ts";
import { awsCodeRow } from "../../define/taxonomy-aws.ts";
import { callSite } from "../http/site/call.ts";
import type { Outcome } from "../http/site/exchange.ts";
import { Fields } from "../http/site/fields.ts";
import type { AwsSite } from "./sites.ts";

export interface ServiceCall {
  /** For example `AmazonSQS.SendMessage`. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  readonly input: object;
  readonly timeoutMs: number;
  readonly mayWrite: () => boolean;
}

export type ServiceAnswer =
  | { readonly kind: "done"; readonly output: unknown }
  /** Never `delivered`. */
  | { readonly kind: "failed"; readonly judgement: Judgement };

/** Longest answer that is read, in bytes: ten messages of 1 MiB, escaped. */
const longestBytes = 32_000_000;

/** `done` is called once. */
export const callService = (
  { site }: AwsSite,
  { target, version, input, timeoutMs, mayWrite }: ServiceCall,
  clock: Clock,
  done: Done<ServiceAnswer>,
): Sending => {
  const fields = new Fields({
    "content-type": `application/x-amz-json-${version}`,
    "x-amz-target": target,
    "user-agent": "isthmus",
    "accept-encoding": "identity",
  });
  const request = {
    kind: "request",
    method: "POST",
    path: `${site.basePath}/`,
    fields,
    body: JSON.stringify(input),
  } as const;
  const options = { clock, timeoutMs, mayWrite, readsBody: true, longestBytes };
  return callSite(site, request, options, (called) => {
    if (called.kind === "no-credentials") done(failed("retry", "credentials", called.reason, false));
    else if (called.kind === "fault") done(failed("fault", "us", called.reason, false));
    else done(answerOf(called, clock.wallMs()));
  });
};

const answerOf = (outcome: Outcome, wallMs: number): ServiceAnswer => {
  if (outcome.kind === "error") return { kind: "failed", judgement: judgeResponse(outcome, { wallMs }) };
  const { status, headers, body } = outcome.response;
  if (status >= 200 && status < 300) {
    return typeof body === "object" && body !== null
      ? { kind: "done", output: body }
      : failed("unknown", "site", `${status}: the answer is none of the service's`);
  }
  const code = codeOf(headers["x-amzn-errortype"] ?? Reflect.get(Object(body), "__type"));
  const judged = judgedCode(code, `${status} `);
  if (judged === null) return { kind: "failed", judgement: judgeResponse(outcome, { wallMs }) };
  return { kind: "failed", judgement: { ...judged, waitMs: retryAfterMs(headers["retry-after"], wallMs) } };
};

/** null: the code says nothing that the table knows. */
export const judgedCode = (code: string, before = ""): Judgement | null => {
  const row = awsCodeRow(code);
  if (row === null) return null;
  const { verdict, against, reason } = row;
  return { verdict, against, sent: true, waitMs: null, reason: `${before}${code}: ${reason}` };
};

/** `com.amazonaws.sqs#QueueDoesNotExist:http://...` and `AWS.SimpleQueueService.NonExistentQueue` alike. */
const codeOf = (given: unknown): string =>
  typeof given === "string" ? given.replace(/:.*$/, "").replace(/^.*[#.]/, "") : "";

const failed = (
  verdict: Judgement["verdict"],
  against: Judgement["against"],
  reason: string,
  sent = true,
): ServiceAnswer => ({ kind: "failed", judgement: { verdict, against, sent, waitMs: null, reason } });
