// Every default of the gateway, each written once. Milliseconds and bytes.
import type { CommonSpec } from "./spec.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export type Platform = "local" | "aws" | "kubernetes";

export interface LeasePolicy {
  readonly ttlMs: number;
  /** Subtracted by holders: covers the difference in clock rate within one ttl. */
  readonly marginMs: number;
  /** Longest that a request to a taker may last; below `ttlMs - marginMs`. */
  readonly requestTimeoutMs: number;
}

/** Lease timings per platform (protocol rule 4). */
export const leases: Readonly<Record<Platform, LeasePolicy>> = {
  local: { ttlMs: 8 * second, marginMs: second, requestTimeoutMs: 5 * second },
  aws: { ttlMs: 30 * second, marginMs: 2 * second, requestTimeoutMs: 10 * second },
  kubernetes: { ttlMs: 8 * second, marginMs: second, requestTimeoutMs: 5 * second },
};
/** A holder renews this often within one ttl. */
export const renewalsPerTtl = 4;

export const connectorDefaults = {
  durability: "regional",
  whenAlone: "refuse",
  ordering: "none",
  dedupeWindowMs: 7 * day,
  hold: { capacityBytes: 10_000_000_000, alarmAfterMs: 15 * minute },
  retention: { settledMs: 7 * day, rawMs: 7 * day },
  onInvalid: "fault",
  onConflict: "keep",
  /** How long after an unanswered request their API is asked: it may still be at work on it. */
  lookupAfterMs: 10 * second,
  retry: { firstMs: second, capMs: 5 * minute, giveUpAfterMs: null },
  expiresAfterMs: null,
  /** Longer than an unordered hub, and what a region has yet to tell another, let numbers overtake each other. */
  gapAfterMs: 30 * second,
  startFrom: "now",
  /** Covers what a source shows late: items whose time is a little before that of items read already. */
  lookbackMs: minute,
} as const;

/** `has` of a definition without functions. */
export const noFunctions = {
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

export const partnerDefaults = {
  /** The name of the only site of a partner that names none. */
  site: "main",
  failoverAfterMs: hour,
} as const;

export const httpReceiveDefaults = { limitBytes: 1_000_000, answer: { status: 202, body: "" } } as const;
export const httpSendDefaults = { path: "", format: "json" } as const;
export const httpPollDefaults = {
  /** A source is not asked more often than this. */
  shortestEveryMs: 100,
  /** Longest answer that is read. */
  limitBytes: 10_000_000,
  /** Most items of one answer. */
  limitItems: 10_000,
} as const;
export const sqsPollDefaults = {
  everyMs: second,
  /** Most messages that one call of a queue brings. */
  pageSize: 10,
  /** For how long nobody else gets what was read: longer than it takes to make it durable and to delete it. */
  visibilityMs: minute,
  /** How long a call waits at a queue that is empty, and at most half of its time. */
  longestWaitMs: 5 * second,
  /** Longest payload that every store takes, in bytes: a longer message stays in the queue. */
  longestPayload: 380_000,
} as const;
export const queueLimits = {
  /** Of a message with its attributes, and of an event on a bus, in bytes. */
  sqsMessage: 1_048_576,
  busEvent: 262_144,
  /** A FIFO queue knows a deduplication id for this long. */
  fifoRemembersMs: 5 * minute,
} as const;
export const httpFeedDefaults = {
  /** Events on a page where the reader names no `limit`, and at most. */
  pageSize: 100,
  mostPerPage: 1_000,
  /** A longer `wait` is refused: proxies in between close idle calls. */
  longestWaitMs: 30 * second,
} as const;

/** What givers and readers that are not served are answered over HTTP. */
export const httpAnswers = {
  unreadable: 400,
  unproved: 401,
  forbidden: 403,
  conflict: 409,
  gone: 410,
  tooLarge: 413,
  unavailable: 503,
} as const;

export const responseDefaults = {
  /** A longer Retry-After is cut to this: a mistyped date must not hold events for a year. */
  longestWaitMs: day,
} as const;

/** Spans that others decide and do not tell. */
export const horizons = {
  /** For how long a giver may repeat a message: Stripe's three days is the longest of the known ones. */
  giverRetriesMs: 3 * day,
  /** From the loss of a region until the survivor acts, at its slowest (aws, where it was seen to take 46 s). */
  takeoverMs: 50 * second,
} as const;
