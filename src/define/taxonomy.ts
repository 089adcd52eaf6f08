// What an answer, or the lack of one, means: one table for statuses and one for errors. Data first; a connector overrides
// it by status (`responses`) or by code (`judge`).
import type { HttpResponse, Verdict } from "./model.ts";
import { responseDefaults } from "./policy.ts";
import { reasonOf } from "./reason.ts";

export type { Verdict } from "./model.ts";

/**
 * Who a verdict counts against: the event alone, the site (its breaker), the site's credentials, the link to it, or us.
 * Only what counts against the site can lead to a site switch.
 */
export type Against = "nobody" | "event" | "site" | "credentials" | "link" | "us";

/** How a request ended without an answer. "Written" = the first byte of the request was handed to the socket. */
export type ErrorClass =
  | "connection-refused"
  | "name-unknown"
  | "name-service-down"
  | "tls-failure"
  | "certificate-refused"
  | "unreachable"
  | "address-refused"
  | "timeout-before-write"
  | "timeout-after-write"
  | "reset-before-write"
  | "reset-after-write"
  | "aborted-before-write"
  | "aborted-after-write"
  | "answer-unreadable";

interface Row {
  readonly verdict: Verdict;
  readonly against: Against;
  readonly reason: string;
}
export interface StatusRow extends Row {
  readonly from: number;
  readonly to: number;
  /** Set: the row holds only with, or only without, a Retry-After header. */
  readonly retryAfter?: boolean;
}
export interface ErrorRow extends Row {
  /** False where certainly no byte of the request reached the taker. */
  readonly sent: boolean;
}

/** The first row that fits rules. */
export const statusTable: readonly StatusRow[] = [
  { from: 200, to: 299, verdict: "delivered", against: "nobody", reason: "taken" },
  { from: 300, to: 399, verdict: "retry", against: "site", reason: "redirects are not followed" },
  { from: 401, to: 401, verdict: "retry", against: "credentials", reason: "our credentials are not accepted" },
  { from: 403, to: 403, verdict: "retry", against: "credentials", reason: "our credentials do not allow it" },
  { from: 407, to: 407, verdict: "retry", against: "credentials", reason: "a proxy does not accept our credentials" },
  { from: 408, to: 408, verdict: "retry", against: "site", reason: "the site gave up waiting for the request" },
  { from: 425, to: 425, verdict: "retry", against: "site", reason: "the site asks to send it later" },
  { from: 429, to: 429, verdict: "wait", against: "site", reason: "the site asks for fewer requests" },
  { from: 400, to: 499, verdict: "fault", against: "event", reason: "refused for good" },
  // What stands behind a gateway may have acted although the gateway saw no answer of it.
  { from: 502, to: 502, verdict: "unknown", against: "site", reason: "a gateway of theirs got no valid answer" },
  { from: 504, to: 504, verdict: "unknown", against: "site", reason: "a gateway of theirs got no answer in time" },
  { from: 503, to: 503, retryAfter: true, verdict: "wait", against: "site", reason: "the site asks to wait" },
  { from: 500, to: 599, verdict: "retry", against: "site", reason: "the site failed" },
  { from: 0, to: 999, verdict: "unknown", against: "site", reason: "not a status that HTTP knows" },
];

export const errorTable: Readonly<Record<ErrorClass, ErrorRow>> = {
  "connection-refused": { verdict: "retry", against: "site", sent: false, reason: "the site refuses connections" },
  "name-unknown": { verdict: "retry", against: "site", sent: false, reason: "the site's name does not exist" },
  "name-service-down": { verdict: "retry", against: "link", sent: false, reason: "names cannot be resolved" },
  "tls-failure": { verdict: "retry", against: "site", sent: false, reason: "the TLS handshake failed" },
  // The handshake ends before their side reads a request, also where ours was written in the meantime (TLS 1.3).
  "certificate-refused": {
    verdict: "retry",
    against: "credentials",
    sent: false,
    reason: "our certificate is refused",
  },
  unreachable: { verdict: "retry", against: "link", sent: false, reason: "no route to the site" },
  "address-refused": { verdict: "fault", against: "us", sent: false, reason: "the address is not allowed here" },
  "timeout-before-write": { verdict: "retry", against: "site", sent: false, reason: "no connection in time" },
  "timeout-after-write": { verdict: "unknown", against: "site", sent: true, reason: "no answer in time" },
  "reset-before-write": { verdict: "retry", against: "site", sent: false, reason: "connection lost before sending" },
  "reset-after-write": { verdict: "unknown", against: "site", sent: true, reason: "connection lost before the answer" },
  "aborted-before-write": { verdict: "retry", against: "us", sent: false, reason: "our lease ended before sending" },
  "aborted-after-write": { verdict: "unknown", against: "us", sent: true, reason: "our lease ended before the answer" },
  "answer-unreadable": { verdict: "unknown", against: "site", sent: true, reason: "the answer cannot be read" },
};

/** Who a verdict counts against when the connector and not the table gave it. */
export const ownAgainst: Readonly<Record<Verdict, Against>> = {
  delivered: "nobody",
  retry: "site",
  wait: "site",
  fault: "event",
  unknown: "site",
};

export type Attempt =
  | { readonly kind: "answer"; readonly response: HttpResponse }
  | { readonly kind: "error"; readonly error: ErrorClass; readonly detail?: string };

export interface Judging {
  /** The connector's own verdicts by status. */
  readonly responses?: Readonly<Record<string, Verdict>>;
  /** The connector's own code; null: the status tells. */
  readonly judge?: ((response: HttpResponse) => Verdict | null) | null;
  /** Wall clock, for a Retry-After that is a date. */
  readonly wallMs: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly against: Against;
  /** False where certainly no byte of the request reached the taker. */
  readonly sent: boolean;
  /** How long the taker asked us to wait, in milliseconds; null where it did not say. */
  readonly waitMs: number | null;
  readonly reason: string;
}

/** Judges one attempt: `judge`, then `responses`, then the tables. Never throws: a `judge` that does makes it unknown. */
export const judgeResponse = (attempt: Attempt, judging: Judging): Judgement => {
  if (attempt.kind === "error") return ofError(attempt.error, attempt.detail);
  const { response } = attempt;
  const waitMs = retryAfterMs(response.headers["retry-after"], judging.wallMs);
  const common = { sent: true, waitMs };
  const own = ownVerdict(response, judging);
  if (own !== null) return { ...common, ...own };
  const row = statusTable.find(
    ({ from, to, retryAfter }) =>
      response.status >= from &&
      response.status <= to &&
      (retryAfter === undefined || retryAfter === (waitMs !== null)),
  );
  const { verdict, against, reason } = row ?? { verdict: "unknown", against: "site", reason: "no status" };
  return { ...common, verdict, against, reason: `${response.status}: ${reason}` };
};

const ofError = (error: ErrorClass, detail: string | undefined): Judgement => {
  const { verdict, against, sent, reason } = errorTable[error];
  return { verdict, against, sent, waitMs: null, reason: detail === undefined ? reason : `${reason}: ${detail}` };
};

const ownVerdict = (response: HttpResponse, { judge, responses }: Judging): Row | null => {
  try {
    const judged = judge?.(response) ?? null;
    if (judged !== null) return row(judged, `${response.status}: judged '${judged}' by the definition`);
  } catch (error) {
    return { verdict: "unknown", against: "us", reason: `${response.status}: 'judge' threw: ${reasonOf(error)}` };
  }
  const stated = responses?.[response.status];
  return stated === undefined ? null : row(stated, `${response.status}: '${stated}' by the definition's responses`);
};

const row = (verdict: Verdict, reason: string): Row => ({ verdict, against: ownAgainst[verdict], reason });

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date; null where it is missing or neither. */
export const retryAfterMs = (header: string | undefined, wallMs: number): number | null => {
  if (header === undefined) return null;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - wallMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), responseDefaults.longestWaitMs);
};
