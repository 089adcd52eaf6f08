// Specs of the ingress roles: what is given to us, and what we read.
import type { ReceiverFields } from "../parse/definition/receiver.ts";
import type { HttpPollFields } from "../parse/http/poll.ts";
import type { HttpReceiveFields } from "../parse/http/receive.ts";
import type { ParsedAs } from "../parse/parse.ts";
import { connectorDefaults, httpReceiveDefaults, type LeasePolicy, noFunctions } from "../policy.ts";
import type {
  CommonSpec,
  CursorSpec,
  HttpPollSpec,
  HttpReceiveSpec,
  PollSpec,
  ReceiveSpec,
  ReconcileSpec,
} from "../spec.ts";
import { commonSpec } from "./common.ts";
import { sqsPollOptions, sqsReceiveOptions } from "./queue.ts";

export const receiveSpec = (name: string, parsed: ParsedAs<"receive">, lease: LeasePolicy): ReceiveSpec => {
  const { fields } = parsed;
  return {
    ...commonSpec(name, parsed),
    ...receivedBy(parsed),
    role: "receive",
    reconcile: reconcileSpec(fields.reconcile),
    onInvalid: fields.onInvalid ?? connectorDefaults.onInvalid,
    onConflict: fields.onConflict ?? connectorDefaults.onConflict,
    requestTimeoutMs: lease.requestTimeoutMs,
    has: ingressHas(fields),
  };
};

export const pollSpec = (name: string, parsed: ParsedAs<"poll">, lease: LeasePolicy): PollSpec => {
  const { fields } = parsed;
  return {
    ...commonSpec(name, parsed),
    ...polledBy(parsed),
    role: "poll",
    startFrom: fields.startFrom ?? (parsed.driver === "http" ? pollStart(parsed.options) : "earliest"),
    lookbackMs: fields.lookback ?? connectorDefaults.lookbackMs,
    requestTimeoutMs: lease.requestTimeoutMs,
    has: ingressHas(fields),
  };
};

const receivedBy = (parsed: ParsedAs<"receive">) => {
  switch (parsed.driver) {
    case "http":
      return { driver: parsed.driver, options: receiveOptions(parsed.options) };
    case "sqs":
      return { driver: parsed.driver, options: sqsReceiveOptions(parsed.options) };
    case "event-bridge":
      return { driver: parsed.driver, options: parsed.options };
  }
};

const polledBy = (parsed: ParsedAs<"poll">) =>
  parsed.driver === "http"
    ? { driver: parsed.driver, options: pollOptions(parsed.options) }
    : { driver: parsed.driver, options: sqsPollOptions(parsed.options, parsed.fields.partner) };

const ingressHas = ({ id, sequence, fetch }: Pick<ReceiverFields, "id" | "sequence" | "fetch">): CommonSpec["has"] => ({
  ...noFunctions,
  message: true,
  translate: true,
  id: id !== undefined,
  sequence: sequence !== undefined,
  fetch: fetch !== undefined,
});

const receiveOptions = (options: HttpReceiveFields): HttpReceiveSpec => ({
  verify: options.verify,
  id: options.id ?? null,
  tenant: options.tenant ?? null,
  challenge: options.challenge ?? null,
  limitBytes: options.limit ?? httpReceiveDefaults.limitBytes,
  answer: { ...httpReceiveDefaults.answer, ...options.answer },
});

const pollOptions = ({ path, every, items, cursor, acrossSites }: HttpPollFields): HttpPollSpec => ({
  path,
  everyMs: every,
  items: items ?? null,
  cursor: cursorSpec(cursor),
  acrossSites,
});

const cursorSpec = (cursor: HttpPollFields["cursor"]): CursorSpec => {
  switch (cursor.kind) {
    case "since":
      return { kind: cursor.kind, query: cursor.query, field: cursor.field, overlapMs: cursor.overlap };
    case "custom":
      return { kind: cursor.kind };
    case "token":
    case "link":
    case "http-feed":
      return cursor;
  }
};

/** A cursor that names no time can begin only where the source does. */
const pollStart = ({ cursor }: HttpPollFields): CommonSpec["startFrom"] =>
  cursor.kind === "since" ? connectorDefaults.startFrom : "earliest";

const reconcileSpec = (reconcile: ReceiverFields["reconcile"]): ReconcileSpec | null => {
  if (reconcile === undefined) return null;
  const { via, when } = reconcile;
  return {
    options: pollOptions(via.options),
    when: when === "gap" ? { kind: "gap" } : { kind: "every", everyMs: when },
  };
};
