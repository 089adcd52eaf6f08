import type {
  CommonSpec,
  ConnectorSpec,
  HttpFeedSpec,
  HttpPollSpec,
  HttpReceiveSpec,
  HttpSendSpec,
  PartnerSpec,
  ReconcileSpec,
} from "../define/spec.ts";
import { type ConnectorShape, type PartnerShape, type PollShape, type Shape, sitesOf } from "./schedule-model.ts";

/** Longer than any request of a simulated world can be under way: then the partner knows whether it acted. */
const lookupAfterMs = 7_000;

const second = 1_000;
const day = 86_400 * second;

/** Where regions forget soon: longer than an identity is given again by itself. */
const forgotAfterMs = 3 * second;

/** Longer than the hub lets its events overtake each other, and shorter than most outages. */
export const gapAfterMs = 4 * second;

export const partnerSpec = (shape: PartnerShape): PartnerSpec => {
  const sites = Object.fromEntries(
    sitesOf(shape).map((name) => [
      name,
      { url: `https://${name}.example`, region: nearTo[name] ?? "east", maintenance: [] },
    ]),
  );
  return { name: "partner", location: "internet", sites, topology: topologyOf(shape), fixedSource: false };
};

/** Which region of ours is next to which site of theirs. */
const nearTo: Readonly<Record<string, string>> = { zurich: "east", geneva: "west" };

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

export const connectorSpec = (shape: ConnectorShape, { partner, forgets }: Shape): ConnectorSpec => {
  const keptMs = forgets ? forgotAfterMs : 7 * day;
  const common: CommonSpec = {
    name: shape.name,
    partner: partnerSpec(partner),
    eventTypes: ["given"],
    durability: shape.durability,
    whenAlone: shape.whenAlone,
    ordering: shape.ordering,
    dedupeWindowMs: keptMs,
    hold: { capacityBytes: 10_000_000, alarmAfterMs: 900 * second },
    retention: { settledMs: keptMs, rawMs: keptMs },
    personal: [],
    onInvalid: "fault",
    onConflict: "keep",
    onUnknown: shape.onUnknown === "lookup" ? { kind: "lookup", afterMs: lookupAfterMs } : { kind: shape.onUnknown },
    onFault: shape.onFault,
    expiresAfterMs: null,
    gapAfterMs,
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
  switch (shape.role) {
    case "receive":
      return {
        ...common,
        driver: "http",
        role: "receive",
        reconcile: reconcileOf(shape, partner),
        options: receiveOptions,
      };
    case "send":
      return { ...common, driver: "http", role: "send", options: sendOptions };
    case "poll": {
      if (shape.poll === null) throw new Error(`${shape.name} does not say how it polls`);
      const { lookbackMs } = shape.poll;
      return {
        ...common,
        startFrom: "earliest",
        driver: "http",
        role: "poll",
        options: pollOptions(shape.poll, partner),
        lookbackMs,
      };
    }
    case "feed":
      return { ...common, startFrom: "earliest", driver: "http", role: "feed", options: feedOptions(shape) };
  }
};

const receiveOptions: HttpReceiveSpec = {
  verify: [],
  id: null,
  tenant: null,
  challenge: null,
  limitBytes: 1_000_000,
  answer: { status: 202, body: "" },
};

const sendOptions: HttpSendSpec = { path: "", format: "json", sign: null, compress: null, responses: {}, batch: null };

/** What the simulated source makes of a cursor it knows itself. */
const pollOptions = (poll: PollShape, partner: PartnerShape): HttpPollSpec => ({
  path: "",
  everyMs: poll.everyMs,
  items: null,
  cursor:
    poll.cursor === "time"
      ? { kind: "since", query: "since", field: "/at", overlapMs: overlapMs(poll, partner) }
      : { kind: "token", query: "after", next: "/next" },
  acrossSites: poll.acrossSites,
});

/** How much later than its time a site may come to have an item: by itself, by its clock, and from another site. */
export const overlapMs = ({ lateMs }: PollShape, { mode, lagMs }: PartnerShape): number => {
  if (mode === "one-site") return lateMs;
  return lateMs + 500 + (mode === "active-active" ? lagMs : 0);
};

const feedOptions = ({ name, feed }: ConnectorShape): HttpFeedSpec => {
  if (feed === null) throw new Error(`${name} does not say who reads it`);
  const proof = { scheme: "bearer", token: { secret: "reader-token" } } as const;
  return { readers: Object.fromEntries(feed.readers.map((reader) => [reader.name, proof])), retentionMs: 7 * day };
};

const reconcileOf = ({ poll, reconcile }: ConnectorShape, partner: PartnerShape): ReconcileSpec | null => {
  if (poll === null || reconcile === null) return null;
  const when = reconcile === "gap" ? ({ kind: "gap" } as const) : ({ kind: "every", everyMs: poll.everyMs } as const);
  return { options: pollOptions(poll, partner), when };
};
