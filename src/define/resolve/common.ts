// What every connector has, with its defaults applied.
import type { Parsed } from "../parse/parse.ts";
import { partnerSpec } from "../parse/partner.ts";
import { connectorDefaults } from "../policy.ts";
import type { CommonSpec } from "../spec.ts";

/** What all roles have; fields of one role only hold what is neutral for the others. */
export const commonSpec = (name: string, { fields, secrets, settings }: Parsed) => ({
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
  // The hub takes the same identity once (ingress dispatch), and so does a reader.
  onUnknown: { kind: "resend" } as const,
  idempotency: { kind: "event-id" } as const,
  expiresAfterMs: connectorDefaults.expiresAfterMs,
  gapAfterMs: connectorDefaults.gapAfterMs,
  retry: connectorDefaults.retry,
  startFrom: connectorDefaults.startFrom,
  secrets: [...secrets].sort(),
  settings: [...settings].sort(),
});

export const onFaultDefault = ({
  ordering,
}: {
  readonly ordering?: "none" | "key" | "latest";
}): CommonSpec["onFault"] => (ordering === "key" ? "block-key" : "continue");
