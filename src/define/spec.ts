// What the gateway reads: a definition with its settings resolved and all defaults applied. `ConnectorSpec` is plain
// JSON; `ConnectorFunctions` are the user's functions with what they return already checked. Both come from resolve.ts.
import type { Role, StartFrom } from "./model.ts";
import type { ConnectorFunctions } from "./spec/functions.ts";
import type { HttpFeedSpec, HttpPollSpec, HttpReceiveSpec, HttpSendSpec } from "./spec/http.ts";
import type { PartnerSpec } from "./spec/partner.ts";
import type {
  EventBridgeReceiveSpec,
  EventBridgeSendSpec,
  SqsPollSpec,
  SqsReceiveSpec,
  SqsSendSpec,
} from "./spec/queue.ts";

export type * from "./spec/functions.ts";
export type * from "./spec/http.ts";
export type * from "./spec/partner.ts";
export type * from "./spec/proof.ts";
export type * from "./spec/queue.ts";

export type IdempotencySpec =
  | { readonly kind: "event-id" }
  | { readonly kind: "natural" }
  | { readonly kind: "none" }
  | {
      readonly kind: "header";
      /** Lower case. */
      readonly header: string;
      readonly format: "event-id" | "uuid";
      readonly remembersMs: number;
      readonly across: "sites" | "site";
    };
export type OnUnknownSpec =
  | { readonly kind: "resend" }
  | { readonly kind: "hold" }
  | { readonly kind: "lookup"; readonly afterMs: number };

/** What both directions have. Fields that a role does not use hold their defaults. */
export interface CommonSpec {
  readonly name: string;
  readonly partner: PartnerSpec;
  /** Egress: the subscription; ingress: all that the translation may return. */
  readonly eventTypes: readonly string[];
  readonly durability: "regional" | "replicated";
  readonly whenAlone: "refuse" | "accept";
  readonly ordering: "none" | "key" | "latest";
  readonly dedupeWindowMs: number;
  readonly hold: { readonly capacityBytes: number; readonly alarmAfterMs: number };
  readonly retention: { readonly settledMs: number; readonly rawMs: number };
  /** JSON pointers of personal data, masked wherever people look. */
  readonly personal: readonly string[];
  readonly onInvalid: "fault" | "reject";
  readonly onConflict: "keep" | "reject";
  readonly onUnknown: OnUnknownSpec;
  readonly onFault: "continue" | "block-key";
  readonly expiresAfterMs: number | null;
  /** For how long a number that is missing in a series holds its key, since who acts knows of what waits for it. */
  readonly gapAfterMs: number;
  /** Full jitter from `firstMs`, doubled up to `capMs`. */
  readonly retry: { readonly firstMs: number; readonly capMs: number; readonly giveUpAfterMs: number | null };
  readonly startFrom: StartFrom;
  readonly idempotency: IdempotencySpec;
  readonly requestTimeoutMs: number;
  /** Which of the user's functions there are. */
  readonly has: {
    readonly message: boolean;
    readonly translate: boolean;
    readonly id: boolean;
    readonly sequence: boolean;
    readonly partitionkey: boolean;
    readonly tenant: boolean;
    readonly fetch: boolean;
    readonly lookup: boolean;
    readonly reply: boolean;
    readonly judge: boolean;
  };
  /** Names of the secrets that the role uses, sorted. */
  readonly secrets: readonly string[];
  /** Names of the settings that the definition uses, sorted. */
  readonly settings: readonly string[];
}
/** A connector as data. The drivers that are built decide which roles there are. */
export type ConnectorSpec = ReceiveSpec | PollSpec | SendSpec | FeedSpec;
export type DriverName = "http" | "sqs" | "event-bridge";
/** Of those, what one driver runs. */
export type SpecOf<D extends DriverName, S extends ConnectorSpec = ConnectorSpec> = Extract<S, { readonly driver: D }>;

interface Driven<D extends DriverName, O> extends CommonSpec {
  readonly driver: D;
  readonly options: O;
}
interface Receiving<D extends DriverName, O> extends Driven<D, O> {
  readonly role: Extract<Role, "receive">;
  /** Reads at their API what they never sent, into the same journal; null: nothing is read. */
  readonly reconcile: ReconcileSpec | null;
}
interface Polling<D extends DriverName, O> extends Driven<D, O> {
  readonly role: Extract<Role, "poll">;
  /** How far before the highest cursor known an adopter begins (protocol rule 19). */
  readonly lookbackMs: number;
}
interface Sending<D extends DriverName, O> extends Driven<D, O> {
  readonly role: Extract<Role, "send">;
}
export type ReceiveSpec =
  | Receiving<"http", HttpReceiveSpec>
  | Receiving<"sqs", SqsReceiveSpec>
  | Receiving<"event-bridge", EventBridgeReceiveSpec>;
export type PollSpec = Polling<"http", HttpPollSpec> | Polling<"sqs", SqsPollSpec>;
export type SendSpec =
  | Sending<"http", HttpSendSpec>
  | Sending<"sqs", SqsSendSpec>
  | Sending<"event-bridge", EventBridgeSendSpec>;
export interface ReconcileSpec {
  readonly options: HttpPollSpec;
  /** On a gap in their numbering, or on a schedule. */
  readonly when: { readonly kind: "gap" } | { readonly kind: "every"; readonly everyMs: number };
}
export interface FeedSpec extends CommonSpec {
  readonly driver: "http";
  readonly role: Extract<Role, "feed">;
  readonly options: HttpFeedSpec;
}
export interface ResolvedConnector {
  readonly spec: ConnectorSpec;
  readonly functions: ConnectorFunctions;
}
