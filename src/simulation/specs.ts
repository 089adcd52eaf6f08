import type { CommonSpec, ConnectorSpec, PartnerSpec } from "../define/spec.ts";
import { type ConnectorShape, type PartnerShape, sitesOf } from "./schedule-model.ts";

/** Longer than any request of a simulated world can be under way: then the partner knows whether it acted. */
const lookupAfterMs = 7_000;

const second = 1_000;
const day = 86_400 * second;

export const partnerSpec = (shape: PartnerShape): PartnerSpec => {
  const sites = Object.fromEntries(
    sitesOf(shape).map((name) => [name, { url: `https://${name}.example`, maintenance: [] }]),
  );
  return { name: "partner", location: "internet", sites, topology: topologyOf(shape), fixedSource: false };
};

const topologyOf = (shape: PartnerShape): PartnerSpec["topology"] => {
  const [primary, secondary] = [...sitesOf(shape), null];
  if (shape.mode === "active-active") return { mode: "active-active", recoveryPointMs: shape.recoveryPointMs };
  return {
    mode: "primary-secondary",
    primary,
    secondary: secondary ?? null,
    failoverAfterMs: shape.failoverAfterMs,
    failback: shape.failbackAfterMs === null ? { kind: "manual" } : { kind: "stable", forMs: shape.failbackAfterMs },
    recoveryPointMs: shape.recoveryPointMs,
  };
};

export const connectorSpec = (shape: ConnectorShape, partner: PartnerShape): ConnectorSpec => {
  const common: CommonSpec = {
    name: shape.name,
    partner: partnerSpec(partner),
    eventTypes: ["given"],
    durability: shape.durability,
    whenAlone: shape.whenAlone,
    ordering: shape.ordering,
    dedupeWindowMs: 7 * day,
    hold: { capacityBytes: 10_000_000, alarmAfterMs: 900 * second },
    retention: { settledMs: 7 * day, rawMs: 7 * day },
    personal: [],
    onInvalid: "fault",
    onConflict: "keep",
    onUnknown: shape.onUnknown === "lookup" ? { kind: "lookup", afterMs: lookupAfterMs } : { kind: shape.onUnknown },
    onFault: shape.onFault,
    expiresAfterMs: null,
    retry: { firstMs: 200, capMs: 2 * second, giveUpAfterMs: null },
    startFrom: "now",
    idempotency: { kind: shape.onUnknown === "resend" ? "event-id" : "none" },
    requestTimeoutMs: 5 * second,
    has: {
      message: true,
      translate: true,
      id: true,
      sequence: false,
      partitionkey: true,
      tenant: false,
      fetch: false,
      lookup: shape.onUnknown === "lookup",
      reply: false,
      judge: false,
    },
    secrets: [],
    settings: [],
  };
  return shape.role === "receive"
    ? {
        ...common,
        driver: "http",
        role: "receive",
        reconcile: null,
        options: {
          verify: [],
          id: null,
          tenant: null,
          challenge: null,
          limitBytes: 1_000_000,
          answer: { status: 202, body: "" },
        },
      }
    : {
        ...common,
        driver: "http",
        role: "send",
        options: { path: "", format: "json", sign: null, compress: null, responses: {}, batch: null },
      };
};
