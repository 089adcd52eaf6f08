/** A delivery as an HTTP request to a site: target, headers, body, identity, signature. */
import { gzipSync } from "node:zlib";
import type { Delivery } from "../../../core/ports.ts";
import type { HttpRequest } from "../../../define/model.ts";
import type { HubEvent, SendSpec, SignatureSpec, SpecOf } from "../../../define/spec.ts";
import type { Secrets } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { hmacScheme, type Scheme, standardWebhooks } from "../proof/schemes.ts";
import { type SignatureMaker, signatureMaker } from "../proof/signature.ts";
import type { Composition } from "../site/composition.ts";
import { Fields } from "../site/fields.ts";
import { targetOf } from "../site/path.ts";
import type { Site } from "../site/site.ts";
import { type Format, formatOf } from "./format.ts";
import { identityWriter } from "./identity.ts";

export type Compose = (delivery: Delivery, site: Site, nowMs: number) => Composition;

const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);
const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Below this, compression makes a body longer. */
const smallestCompressed = 1_024;

const fault = (reason: string): Composition => ({ kind: "fault", reason });

interface Signing {
  readonly scheme: Scheme;
  readonly secret: string;
  readonly make: SignatureMaker;
}

export const composer = (spec: SpecOf<"http", SendSpec>, secrets: Secrets): Compose => {
  const { options, idempotency } = spec;
  const format = formatOf(options.format);
  const signing = signingOf(options.sign, secrets);
  const identityOf = identityWriter(idempotency);
  const webhookHeaders = sendsWebhookHeaders(spec);
  const identityHeader = identityHeaderOf(spec);
  return (delivery, site, nowMs) => {
    const request = requestOf(delivery.output);
    if (request === null) return fault("the translation returned no request");
    const { method = "POST" } = request;
    if (!methods.has(method)) return fault(`the method '${method}' is none that is sent`);
    const path = targetOf(site.basePath, request.path ?? options.path, request.query);
    if (path === null) return fault("the path does not stay below the site's url, or has characters to be encoded");
    const fields = new Fields(request.headers);
    if (fields.problem !== null) return fault(fields.problem);
    const { body, contentType } = bodyOf(format, request, delivery);
    if (body !== null) fields.setDefault("content-type", contentType);
    fields.setDefault("user-agent", "isthmus");
    fields.setDefault("accept", "application/json");
    const identity = identityOf(delivery.identity);
    if (idempotency.kind === "header") fields.set(identityHeader, identity);
    else fields.setDefault(identityHeader, identity);
    fields.setDuty(delivery.duty);
    const trace = traceOf(delivery.payload);
    if (trace !== null) fields.setDefault("traceparent", trace);
    const missing = sign(fields, { signing, webhookHeaders, identity, body: body ?? "", nowMs });
    if (missing !== null) return { kind: "no-credentials", reason: `the secret '${missing}' is not set` };
    const compressed = options.compress === "gzip" ? compress(body, fields) : body;
    return { kind: "request", method, path, fields, body: compressed };
  };
};

const sendsWebhookHeaders = ({ options }: SpecOf<"http", SendSpec>): boolean =>
  options.format === "standard-webhooks" || options.sign?.scheme === "standard-webhooks";

/** Where the taker's own header is not named: `webhook-id` is that of Standard Webhooks, else the IETF's draft. */
export const identityHeaderOf = (spec: SpecOf<"http", SendSpec>): string => {
  if (spec.idempotency.kind === "header") return spec.idempotency.header;
  return sendsWebhookHeaders(spec) ? "webhook-id" : "idempotency-key";
};

const signingOf = (spec: SignatureSpec | null, secrets: Secrets): Signing | null => {
  if (spec === null) return null;
  const secret = spec.key.secret;
  if (secret.includes("{tenant}")) throw new Unsupported("via.sign", "a secret per tenant is not built yet");
  const scheme = spec.scheme === "hmac" ? hmacScheme(spec) : standardWebhooks;
  return { scheme, secret, make: signatureMaker(scheme, secrets, secret) };
};

/** What the translation returned; its fields were checked where it ran. */
const requestOf = (output: unknown): HttpRequest | null =>
  typeof output === "object" && output !== null ? output : null;

const bodyOf = (format: Format, request: HttpRequest, { payload }: Delivery) => {
  let parsed: HubEvent | null = null;
  return format(request.body, () => {
    parsed ??= eventOf(payload);
    return parsed;
  });
};

/** An egress payload is the event as JSON text. */
export const eventOf = (payload: string): HubEvent => JSON.parse(payload);

interface ToSign {
  readonly signing: Signing | null;
  readonly webhookHeaders: boolean;
  readonly identity: string;
  readonly body: string;
  readonly nowMs: number;
}

/** Signs the body as it is before compression, which is what a receiver reads. Returns a secret that is missing. */
const sign = (fields: Fields, { signing, webhookHeaders, identity, body, nowMs }: ToSign): string | null => {
  const timestamp = String(Math.floor(nowMs / 1_000));
  if (webhookHeaders) {
    fields.set("webhook-id", identity);
    fields.set("webhook-timestamp", timestamp);
  }
  if (signing === null) return null;
  const { scheme, secret, make } = signing;
  if (scheme.timestamp !== null) fields.set(scheme.timestamp.header, timestamp);
  const signature = make(body, (name) => fields.get(name), timestamp);
  if (signature === null) return secret;
  fields.set(scheme.header, signature);
  return null;
};

const compress = (body: string | null, fields: Fields): string | Buffer | null => {
  if (body === null || body.length < smallestCompressed) return body;
  fields.set("content-encoding", "gzip");
  return gzipSync(body);
};

/** The W3C trace context of an event, where it carries one (CloudEvents extension `traceparent`). */
const traceOf = (payload: string): string | null => {
  if (!payload.includes('"traceparent"')) return null;
  const event: object = eventOf(payload);
  const value = "traceparent" in event ? event.traceparent : undefined;
  return typeof value === "string" && traceparent.test(value) ? value : null;
};
