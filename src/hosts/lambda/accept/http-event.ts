// Calls as an HTTP API hands them over (payload format 2.0), and answers as it takes them.
import * as z from "zod/mini";
import { httpAnswers } from "../../../define/policy.ts";
import type { InboundRequest } from "../../../drivers/port.ts";

const httpEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z._default(z.string(), ""),
  headers: z._default(z.record(z.string(), z.string()), {}),
  requestContext: z.object({
    http: z.object({ method: z.string() }),
    /** Where the route asks for a signature: whose it was. */
    authorizer: z.optional(z.object({ iam: z.optional(z.object({ userArn: z.optional(z.nullable(z.string())) })) })),
  }),
  body: z.optional(z.string()),
  isBase64Encoded: z._default(z.boolean(), false),
});

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Inbound =
  | { readonly kind: "request"; readonly request: InboundRequest; readonly path: string }
  | { readonly kind: "too-large" };

/** @param limitBytes of the body. @throws Error where the event is none of an HTTP API's */
export const inboundOf = (event: unknown, limitBytes: number): Inbound => {
  const { rawPath, rawQueryString, headers, requestContext, body = "", isBase64Encoded } = httpEvent.parse(event);
  // Judged before it is decoded: base64 is a third longer.
  const longest = isBase64Encoded ? Math.ceil(limitBytes / 3) * 4 : limitBytes;
  if (body.length > longest) return { kind: "too-large" };
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > limitBytes) return { kind: "too-large" };
  const arn = requestContext.authorizer?.iam?.userArn ?? null;
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    kind: "request",
    path: rawPath,
    request: {
      method: requestContext.http.method,
      url: rawQueryString === "" ? rawPath : `${rawPath}?${rawQueryString}`,
      headers: Object.fromEntries(lowered),
      body: bytes,
      ...(arn !== null && { caller: { arn } }),
    },
  };
};

export const answered = (statusCode: number, body: string, headers: HttpAnswer["headers"] = {}): HttpAnswer => ({
  statusCode,
  headers: { ...(body !== "" && { "content-type": typeOf(body) }), ...headers },
  body,
});

const typeOf = (body: string): string => (body.startsWith("{") ? "application/json" : "text/plain; charset=utf-8");

/** @param afterMs when to come again, in milliseconds */
export const notNow = (reason: string, afterMs: number): HttpAnswer =>
  answered(httpAnswers.unavailable, JSON.stringify({ error: reason }), {
    "retry-after": String(Math.max(1, Math.ceil(afterMs / 1_000))),
  });
