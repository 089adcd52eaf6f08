/** Specs and contexts for the tests of drivers: a valid connector, with what a test needs changed. */
import type { Clock } from "../core/ports.ts";
import { noFunctions } from "../define/policy.ts";
import type {
  CommonSpec,
  EgressFunctions,
  FeedSpec,
  HttpFeedSpec,
  HttpPollSpec,
  HttpReceiveSpec,
  HttpSendSpec,
  IngressFunctions,
  PartnerSpec,
  PollSpec,
  ReceiveSpec,
  SendSpec,
  SpecOf,
} from "../define/spec.ts";
import type { DriverContext, NetworkOptions } from "./port.ts";

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A clock that stands still. */
export const clockAt = (ms: number): Clock => ({ ...systemClock, wallMs: () => ms });

export const contextOf = (
  secrets: Readonly<Record<string, readonly string[]>>,
  network: Partial<NetworkOptions> = {},
  clock: Clock = systemClock,
): DriverContext => ({
  secrets: (name) => secrets[name] ?? [],
  clock,
  network: { cidrs: [], loopback: [], ...network },
  cursorKey: new Uint8Array(32),
});

export const partnerOf = (change: Partial<PartnerSpec> = {}): PartnerSpec => ({
  name: "acme",
  location: "internet",
  sites: { main: { maintenance: [] } },
  topology: {
    mode: "primary-secondary",
    primary: "main",
    secondary: null,
    failoverAfterMs: null,
    failback: { kind: "manual" },
    recoveryPointMs: 0,
  },
  fixedSource: false,
  ...change,
});

export const common: CommonSpec = {
  name: "orders",
  partner: partnerOf(),
  eventTypes: ["order.placed"],
  durability: "regional",
  whenAlone: "refuse",
  ordering: "none",
  dedupeWindowMs: 604_800_000,
  hold: { capacityBytes: 1_000_000, alarmAfterMs: 60_000 },
  retention: { settledMs: 604_800_000, rawMs: 604_800_000 },
  personal: [],
  onInvalid: "fault",
  onConflict: "keep",
  onUnknown: { kind: "resend" },
  onFault: "continue",
  expiresAfterMs: null,
  gapAfterMs: 30_000,
  retry: { firstMs: 1_000, capMs: 60_000, giveUpAfterMs: null },
  startFrom: "earliest",
  idempotency: { kind: "event-id" },
  requestTimeoutMs: 5_000,
  has: { ...noFunctions, message: true, translate: true },
  secrets: [],
  settings: [],
};

export const receiveSpecOf = (
  options: Partial<HttpReceiveSpec> & Pick<HttpReceiveSpec, "verify">,
  change: Partial<CommonSpec> = {},
): SpecOf<"http", ReceiveSpec> => ({
  ...common,
  ...change,
  driver: "http",
  role: "receive",
  reconcile: null,
  options: {
    id: { in: "header", name: "x-delivery" },
    tenant: null,
    challenge: null,
    limitBytes: 1_000_000,
    answer: { status: 202, body: "" },
    ...options,
  },
});

export const sendSpecOf = (
  options: Partial<HttpSendSpec> = {},
  change: Partial<CommonSpec> = {},
): SpecOf<"http", SendSpec> => ({
  ...common,
  ...change,
  driver: "http",
  role: "send",
  options: { path: "", format: "json", sign: null, compress: null, responses: {}, batch: null, ...options },
});

export const pollSpecOf = (
  options: Partial<HttpPollSpec> & Pick<HttpPollSpec, "cursor">,
  change: Partial<CommonSpec> = {},
): SpecOf<"http", PollSpec> => ({
  ...common,
  ...change,
  driver: "http",
  role: "poll",
  lookbackMs: 60_000,
  options: { path: "/orders", everyMs: 60_000, items: null, acrossSites: "exact", ...options },
});

export const feedSpecOf = (options: Pick<HttpFeedSpec, "readers">, change: Partial<CommonSpec> = {}): FeedSpec => ({
  ...common,
  ...change,
  driver: "http",
  role: "feed",
  options: { retentionMs: 86_400_000, ...options },
});

/** An `id` function. */
export const idOf = (body: unknown): string => {
  if (typeof body === "object" && body !== null && "id" in body) return String(body.id);
  throw new Error("it has no id");
};

export const ingressOf = (change: Partial<IngressFunctions> = {}): IngressFunctions => ({
  direction: "ingress",
  cursor: null,
  adapt: null,
  parse: (body) => body,
  content: (body) => JSON.stringify(body),
  id: null,
  sequence: null,
  fetch: null,
  translate: () => [],
  ...change,
});

export const egressOf = (change: Partial<EgressFunctions> = {}): EgressFunctions => ({
  direction: "egress",
  parse: (event) => event,
  translate: (event) => ({ body: event.data }),
  partitionkey: () => null,
  sequence: null,
  tenant: null,
  lookup: null,
  reply: null,
  judge: null,
  batch: null,
  ...change,
});
