// Options of the drivers of the same cloud, with their defaults.
import type { PartnerFields } from "../parse/partner.ts";
import type { EventBridgeSendFields, Sited, SqsPollFields, SqsReceiveFields, SqsSendFields } from "../parse/queue.ts";
import { partnerDefaults, sqsPollDefaults } from "../policy.ts";
import type { EventBridgeSendSpec, SqsPollSpec, SqsReceiveSpec, SqsSendSpec } from "../spec.ts";

export const sqsPollOptions = (options: SqsPollFields, partner: PartnerFields): SqsPollSpec => ({
  queues: bySite(options.queueArn, partner),
  role: options.role,
  externalId: options.externalId ?? null,
  id: options.id ?? "message-id",
  everyMs: options.every ?? sqsPollDefaults.everyMs,
  acrossSites: "exact",
});

export const sqsSendOptions = (options: SqsSendFields, partner: PartnerFields): SqsSendSpec => {
  const queues = bySite(options.queueArn, partner);
  return {
    queues,
    role: options.role,
    externalId: options.externalId ?? null,
    fifo: options.fifo ?? Object.values(queues).every((arn) => arn.endsWith(".fifo")),
  };
};

export const sqsReceiveOptions = ({ writers, fifo }: SqsReceiveFields): SqsReceiveSpec => ({
  writers,
  fifo: fifo ?? false,
});

export const eventBridgeSendOptions = (
  { busArn, role }: EventBridgeSendFields,
  partner: PartnerFields,
): EventBridgeSendSpec => ({ buses: bySite(busArn, partner), role: role ?? null });

const bySite = (given: Sited, { sites }: PartnerFields): Readonly<Record<string, string>> =>
  typeof given === "string"
    ? Object.fromEntries(Object.keys(sites ?? { [partnerDefaults.site]: {} }).map((site) => [site, given]))
    : given.bySite;
