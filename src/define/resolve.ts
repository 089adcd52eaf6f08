// From a definition to what the gateway runs: the spec as data and the user's functions, checked on their way out.
import type { Definition } from "./connector.ts";
import { egressFunctions } from "./functions/egress.ts";
import { ingressFunctions } from "./functions/ingress.ts";
import type { ReceiverFields, SenderFields } from "./parse/definition.ts";
import type { HttpReceiveFields, HttpSendFields } from "./parse/http.ts";
import { type Parsed, parseDefinition } from "./parse/parse.ts";
import { partnerSpec } from "./parse/partner.ts";
import { connectorDefaults, httpReceiveDefaults, httpSendDefaults, type LeasePolicy, leases } from "./policy.ts";
import { DefinitionError } from "./problem.ts";
import type {
  CommonSpec,
  ConnectorSpec,
  HttpReceiveSpec,
  HttpSendSpec,
  IdempotencySpec,
  OnUnknownSpec,
  ReceiveSpec,
  ResolvedConnector,
  SendSpec,
} from "./spec.ts";

export interface Resolving {
  /** Texts of the settings, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Lease timings that the connector will run under. Default: those of the local platform. */
  readonly lease?: LeasePolicy;
}

/**
 * A connector named `name` from its definition. Throws a `DefinitionError` that lists every field that cannot be read
 * and every setting that is missing. The rules between fields are `checkDefinition`'s.
 */
export const resolveDefinition = (name: string, definition: Definition, resolving: Resolving): ResolvedConnector => {
  const result = parseDefinition(definition, resolving.settings);
  if (result.kind === "refused" || result.problems.length > 0) throw new DefinitionError(name, result.problems);
  return resolveParsed(name, result.parsed, resolving.lease ?? leases.local);
};

/** The spec and the functions of a definition that was read. */
export const resolveParsed = (name: string, parsed: Parsed, lease: LeasePolicy): ResolvedConnector => ({
  spec: specOf(name, parsed, lease),
  functions:
    parsed.role === "receive" ? ingressFunctions(parsed.fields) : egressFunctions(parsed.fields, parsed.options),
});

const specOf = (name: string, parsed: Parsed, lease: LeasePolicy): ConnectorSpec =>
  parsed.role === "receive"
    ? receiveSpec(name, parsed, parsed.fields, parsed.options, lease)
    : sendSpec(name, parsed, parsed.fields, parsed.options, lease);

const receiveSpec = (
  name: string,
  parsed: Parsed,
  fields: ReceiverFields,
  options: HttpReceiveFields,
  lease: LeasePolicy,
): ReceiveSpec => ({
  ...commonSpec(name, parsed, fields),
  driver: "http",
  role: "receive",
  options: receiveOptions(options),
  reconcile: null,
  onInvalid: fields.onInvalid ?? connectorDefaults.onInvalid,
  onConflict: fields.onConflict ?? connectorDefaults.onConflict,
  requestTimeoutMs: lease.requestTimeoutMs,
  has: {
    ...nothing,
    message: true,
    translate: true,
    id: fields.id !== undefined,
    sequence: fields.sequence !== undefined,
    fetch: fields.fetch !== undefined,
  },
});

const sendSpec = (
  name: string,
  parsed: Parsed,
  fields: SenderFields,
  options: HttpSendFields,
  lease: LeasePolicy,
): SendSpec => ({
  ...commonSpec(name, parsed, fields),
  driver: "http",
  role: "send",
  options: sendOptions(options),
  onUnknown: onUnknownSpec(fields.onUnknown),
  onFault: fields.onFault ?? onFaultDefault(fields),
  expiresAfterMs: fields.expiresAfter ?? connectorDefaults.expiresAfterMs,
  retry: {
    firstMs: fields.retry?.first ?? connectorDefaults.retry.firstMs,
    capMs: fields.retry?.cap ?? connectorDefaults.retry.capMs,
    giveUpAfterMs: fields.retry?.giveUpAfter ?? connectorDefaults.retry.giveUpAfterMs,
  },
  startFrom: fields.startFrom ?? connectorDefaults.startFrom,
  idempotency: idempotencySpec(fields.idempotency),
  requestTimeoutMs: options.timeout ?? lease.requestTimeoutMs,
  has: {
    ...nothing,
    translate: fields.translate !== undefined,
    sequence: fields.sequence !== undefined,
    partitionkey: fields.partitionkey !== undefined,
    tenant: fields.tenant !== undefined,
    lookup: typeof fields.onUnknown === "object",
    reply: fields.reply !== undefined,
    judge: options.judge !== undefined,
  },
});

const nothing = {
  message: false,
  translate: false,
  id: false,
  sequence: false,
  partitionkey: false,
  tenant: false,
  fetch: false,
  lookup: false,
  reply: false,
  judge: false,
} as const satisfies CommonSpec["has"];

/** What both roles have; fields of one role only hold what is neutral for the other. */
const commonSpec = (name: string, parsed: Parsed, fields: ReceiverFields | SenderFields) => ({
  name,
  partner: partnerSpec(fields.partner),
  eventTypes: Object.keys(fields.events),
  durability: fields.durability ?? connectorDefaults.durability,
  whenAlone: fields.whenAlone ?? connectorDefaults.whenAlone,
  ordering: fields.ordering ?? connectorDefaults.ordering,
  dedupeWindowMs: fields.dedupeWindow ?? connectorDefaults.dedupeWindowMs,
  hold: {
    capacityBytes: fields.hold?.capacity ?? connectorDefaults.hold.capacityBytes,
    alarmAfterMs: fields.hold?.alarmAfter ?? connectorDefaults.hold.alarmAfterMs,
  },
  retention: {
    settledMs: fields.retention?.settled ?? connectorDefaults.retention.settledMs,
    rawMs: fields.retention?.raw ?? connectorDefaults.retention.rawMs,
  },
  personal: fields.personal ?? [],
  onInvalid: connectorDefaults.onInvalid,
  onConflict: connectorDefaults.onConflict,
  onFault: onFaultDefault(fields),
  // The hub takes the same identity once (ingress dispatch).
  onUnknown: { kind: "resend" } as const,
  idempotency: { kind: "event-id" } as const,
  expiresAfterMs: connectorDefaults.expiresAfterMs,
  retry: connectorDefaults.retry,
  startFrom: connectorDefaults.startFrom,
  secrets: [...parsed.secrets].sort(),
  settings: [...parsed.settings].sort(),
});

const onFaultDefault = ({ ordering }: { readonly ordering?: "none" | "key" | "latest" }): CommonSpec["onFault"] =>
  ordering === "key" ? "block-key" : "continue";

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

const receiveOptions = (options: HttpReceiveFields): HttpReceiveSpec => ({
  verify: options.verify,
  id: options.id ?? null,
  tenant: options.tenant ?? null,
  challenge: options.challenge ?? null,
  limitBytes: options.limit ?? httpReceiveDefaults.limitBytes,
  answer: { ...httpReceiveDefaults.answer, ...options.answer },
});

const sendOptions = (options: HttpSendFields): HttpSendSpec => ({
  path: options.path ?? httpSendDefaults.path,
  format: options.format ?? httpSendDefaults.format,
  sign: options.sign ?? null,
  compress: options.compress ?? null,
  responses: options.responses ?? {},
  batch: options.batch === undefined ? null : { max: options.batch.max, withinMs: options.batch.within },
});
