// The options of the http driver, role by role.
import type { Verdict } from "../model.ts";
import type { SignatureSpec, VerificationSpec } from "./proof.ts";

/** Where something stands in a message: a header (lower case) or a JSON pointer into the body. */
export type Place =
  | { readonly in: "header"; readonly name: string }
  | { readonly in: "body"; readonly pointer: string };
export interface HttpReceiveSpec {
  /** One of them must hold. */
  readonly verify: readonly VerificationSpec[];
  /** null: the definition's `id` function tells. */
  readonly id: Place | null;
  readonly tenant: Place | null;
  readonly challenge: "slack" | "event-grid" | "xero" | null;
  readonly limitBytes: number;
  readonly answer: { readonly status: number; readonly body: string };
}
export type SendFormat = "json" | "cloudevents" | "standard-webhooks" | "form" | "xml";
export interface HttpSendSpec {
  /** Joined to the site's url where the translation names no path. */
  readonly path: string;
  readonly format: SendFormat;
  readonly sign: SignatureSpec | null;
  readonly compress: "gzip" | null;
  /** Status to verdict, over the defaults of taxonomy.ts. */
  readonly responses: Readonly<Record<string, Verdict>>;
  readonly batch: { readonly max: number; readonly withinMs: number } | null;
}

export interface HttpPollSpec {
  /** Joined to the site's url. */
  readonly path: string;
  /** From one read that brought everything to the next; a page that says that there is more is followed at once. */
  readonly everyMs: number;
  /** JSON pointer to the list of items; null: the body itself is the list. */
  readonly items: string | null;
  readonly cursor: CursorSpec;
  /** Whether a cursor of one site is good at another. */
  readonly acrossSites: "exact" | "rewind" | "refuse";
}
export type CursorSpec =
  | { readonly kind: "token"; readonly query: string; readonly next: string }
  | { readonly kind: "link" }
  | { readonly kind: "http-feed" }
  | { readonly kind: "since"; readonly query: string; readonly field: string; readonly overlapMs: number }
  /** The definition's functions tell. */
  | { readonly kind: "custom" };
export interface HttpFeedSpec {
  /** Who may read, with how each proves who it is. */
  readonly readers: Readonly<Record<string, VerificationSpec>>;
  /** How long an event stays after every reader has read it. */
  readonly retentionMs: number;
}
