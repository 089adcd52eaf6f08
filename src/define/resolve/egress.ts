// Specs of the egress roles: what we give, and what is read from us.
import type { SenderFields } from "../parse/definition/sender.ts";
import type { HttpFeedFields } from "../parse/http/feed.ts";
import type { HttpSendFields } from "../parse/http/send.ts";
import type { ParsedAs } from "../parse/parse.ts";
import { connectorDefaults, httpSendDefaults, type LeasePolicy, noFunctions } from "../policy.ts";
import type { FeedSpec, HttpFeedSpec, HttpSendSpec, IdempotencySpec, OnUnknownSpec, SendSpec } from "../spec.ts";
import { commonSpec, onFaultDefault } from "./common.ts";
import { eventBridgeSendOptions, sqsSendOptions } from "./queue.ts";

export const sendSpec = (name: string, parsed: ParsedAs<"send">, lease: LeasePolicy): SendSpec => {
  const { fields } = parsed;
  return {
    ...commonSpec(name, parsed),
    ...sentBy(parsed),
    role: "send",
    onUnknown: onUnknownSpec(fields.onUnknown),
    onFault: fields.onFault ?? onFaultDefault(fields),
    expiresAfterMs: fields.expiresAfter ?? connectorDefaults.expiresAfterMs,
    gapAfterMs: fields.gapAfter ?? connectorDefaults.gapAfterMs,
    retry: retrySpec(fields.retry),
    startFrom: fields.startFrom ?? connectorDefaults.startFrom,
    idempotency: idempotencySpec(fields.idempotency),
    requestTimeoutMs: (parsed.driver === "http" ? parsed.options.timeout : undefined) ?? lease.requestTimeoutMs,
    has: sendHas(fields, parsed.driver === "http" && parsed.options.judge !== undefined),
  };
};

export const feedSpec = (name: string, parsed: ParsedAs<"feed">, lease: LeasePolicy): FeedSpec => {
  const { fields, options } = parsed;
  const common = commonSpec(name, parsed);
  return {
    ...common,
    driver: "http",
    role: "feed",
    options: feedOptions(options),
    // An entry is settled when every reader has read it: from then on it stays as long as the feed says.
    retention: { ...common.retention, settledMs: options.retention },
    startFrom: fields.startFrom ?? connectorDefaults.startFrom,
    requestTimeoutMs: lease.requestTimeoutMs,
    has: { ...noFunctions, translate: fields.translate !== undefined },
  };
};

const sentBy = (parsed: ParsedAs<"send">) => {
  const { partner } = parsed.fields;
  switch (parsed.driver) {
    case "http":
      return { driver: parsed.driver, options: sendOptions(parsed.options) };
    case "sqs":
      return { driver: parsed.driver, options: sqsSendOptions(parsed.options, partner) };
    case "event-bridge":
      return { driver: parsed.driver, options: eventBridgeSendOptions(parsed.options, partner) };
  }
};

const sendHas = (fields: SenderFields, judge: boolean): SendSpec["has"] => ({
  ...noFunctions,
  translate: fields.translate !== undefined,
  sequence: fields.sequence !== undefined,
  partitionkey: fields.partitionkey !== undefined,
  tenant: fields.tenant !== undefined,
  lookup: typeof fields.onUnknown === "object",
  reply: fields.reply !== undefined,
  judge,
});

const retrySpec = (retry: SenderFields["retry"]): SendSpec["retry"] => ({
  firstMs: retry?.first ?? connectorDefaults.retry.firstMs,
  capMs: retry?.cap ?? connectorDefaults.retry.capMs,
  giveUpAfterMs: retry?.giveUpAfter ?? connectorDefaults.retry.giveUpAfterMs,
});

const onUnknownSpec = (onUnknown: SenderFields["onUnknown"]): OnUnknownSpec => {
  if (typeof onUnknown === "object") {
    return { kind: "lookup", afterMs: onUnknown.after ?? connectorDefaults.lookupAfterMs };
  }
  return { kind: onUnknown ?? "resend" };
};

const idempotencySpec = (idempotency: SenderFields["idempotency"]): IdempotencySpec => {
  if (typeof idempotency === "string") return { kind: idempotency };
  const { header, format = "event-id", remembers, across } = idempotency;
  return { kind: "header", header, format, remembersMs: remembers, across };
};

const sendOptions = (options: HttpSendFields): HttpSendSpec => ({
  path: options.path ?? httpSendDefaults.path,
  format: options.format ?? httpSendDefaults.format,
  sign: options.sign ?? null,
  compress: options.compress ?? null,
  responses: options.responses ?? {},
  batch: options.batch === undefined ? null : { max: options.batch.max, withinMs: options.batch.within },
});

const feedOptions = ({ readers, retention }: HttpFeedFields): HttpFeedSpec => ({ readers, retentionMs: retention });
