// What the gateway reads: a definition with its settings resolved and all defaults applied. `ConnectorSpec` is plain
// JSON; `ConnectorFunctions` are the user's functions with what they return already checked. Both come from resolve.ts.
import type {
  Auth,
  HttpRequest,
  HttpResponse,
  Location,
  Message,
  Role,
  Secret,
  Setting,
  StartFrom,
  Verdict,
} from "./model.ts";

/** A type with its settings resolved to text. Secrets stay names. */
export type Resolved<T> = T extends Setting
  ? never
  : T extends (...args: never) => unknown
    ? never
    : T extends object
      ? { readonly [K in keyof T]: Resolved<T[K]> }
      : T;

export type AuthSpec = Resolved<Auth>;
export interface HmacSpec {
  readonly scheme: "hmac";
  readonly key: Secret;
  /** Lower case. */
  readonly header: string;
  readonly algorithm: "sha256" | "sha512";
  readonly encoding: "hex" | "base64";
  readonly prefix: string;
  readonly content: readonly ("body" | "timestamp" | "." | { readonly header: string })[];
  readonly timestamp: { readonly header: string; readonly toleranceMs: number } | null;
}
export type SignatureSpec = { readonly scheme: "standard-webhooks"; readonly key: Secret } | HmacSpec;
export type VerificationSpec =
  | SignatureSpec
  | { readonly scheme: "stripe"; readonly key: Secret }
  | {
      readonly scheme: "jwt";
      readonly issuer: string;
      readonly audience: string;
      readonly claims: Readonly<Record<string, string>>;
    }
  | { readonly scheme: "bearer"; readonly token: Secret }
  | { readonly scheme: "mtls"; readonly ca: string; readonly subjects: readonly string[] }
  | { readonly scheme: "iam"; readonly roles: readonly string[] };

export interface RateSpec {
  readonly limit: number;
  readonly perMs: number;
  readonly burst: number;
  /** null: no limit of the partner's. */
  readonly concurrency: number | null;
}
export interface SiteSpec {
  readonly url?: string;
  readonly region?: string;
  readonly auth?: AuthSpec;
  readonly maintenance: readonly { readonly cron: string; readonly timezone: string; readonly durationMs: number }[];
}
export type TopologySpec =
  | { readonly mode: "active-active"; readonly recoveryPointMs: number }
  | {
      readonly mode: "primary-secondary";
      readonly primary: string;
      /** null: the partner has one site. */
      readonly secondary: string | null;
      /** null: never by itself. */
      readonly failoverAfterMs: number | null;
      readonly failback: { readonly kind: "manual" } | { readonly kind: "stable"; readonly forMs: number };
      readonly recoveryPointMs: number;
    };
export interface PartnerSpec {
  readonly name: string;
  readonly location: Location;
  readonly sites: Readonly<Record<string, SiteSpec>>;
  readonly topology: TopologySpec;
  readonly rate?: RateSpec;
  readonly tenants?: { readonly max: number; readonly rate?: RateSpec };
  readonly fixedSource: boolean;
}

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
export interface ReceiveSpec extends CommonSpec {
  readonly driver: "http";
  readonly role: Extract<Role, "receive">;
  readonly options: HttpReceiveSpec;
  /** Reads at their API what they never sent, into the same journal; null: nothing is read. */
  readonly reconcile: ReconcileSpec | null;
}
export interface ReconcileSpec {
  readonly options: HttpPollSpec;
  /** On a gap in their numbering, or on a schedule. */
  readonly when: { readonly kind: "gap" } | { readonly kind: "every"; readonly everyMs: number };
}
export interface PollSpec extends CommonSpec {
  readonly driver: "http";
  readonly role: Extract<Role, "poll">;
  readonly options: HttpPollSpec;
  /** How far before the highest cursor known an adopter begins (protocol rule 19). */
  readonly lookbackMs: number;
}
export interface FeedSpec extends CommonSpec {
  readonly driver: "http";
  readonly role: Extract<Role, "feed">;
  readonly options: HttpFeedSpec;
}
export interface SendSpec extends CommonSpec {
  readonly driver: "http";
  readonly role: Extract<Role, "send">;
  readonly options: HttpSendSpec;
}

/** A CloudEvent 1.0 of the hub, as the egress functions get it. */
export interface HubEvent {
  readonly type: string;
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly subject?: string;
  readonly partitionkey?: string;
  readonly sequence?: string;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly dataref?: string;
  readonly data: unknown;
}
/** An event that a translation made, checked against its schema. */
export interface DraftEvent {
  readonly type: string;
  /** Present when one message makes several events: their ids are `<message id>/<part>`. */
  readonly part?: string;
  readonly subject?: string;
  readonly time?: string;
  readonly partitionkey?: string;
  readonly correlationid?: string;
  readonly data: unknown;
}
export interface Sequence {
  readonly of: string;
  readonly number: number;
}

/**
 * The user's functions of an ingress connector. All are synchronous and pure. Each throws `DefinitionFault` (faults.ts)
 * where the message or what the function returned is not what the definition says, and lets other throws through.
 */
export interface IngressFunctions {
  readonly direction: "ingress";
  /** The body as the `message` schema makes it; throws a `DefinitionFault` that names the field. */
  parse(body: unknown): unknown;
  /** Canonical text of the fields of the `message` schema: equal text, equal content (protocol rule 9). */
  content(body: unknown): string;
  /** null: the driver knows the identity. The body must be parsed. */
  readonly id: ((message: Message<unknown>) => string) | null;
  readonly sequence: ((message: Message<unknown>) => Sequence) | null;
  readonly fetch: {
    request(message: Message<unknown>): HttpRequest | null;
    parse(body: unknown): unknown;
  } | null;
  /** Parses the body, translates, checks the events. Empty: ignored. */
  translate(message: Message<unknown>, context: { readonly fetched: unknown }): readonly DraftEvent[];
  /** Of a `custom` cursor: the request that reads on, and where the answer says to go on (null: where it was). */
  readonly cursor: {
    request(cursor: string | null): HttpRequest;
    next(response: HttpResponse): string | null;
  } | null;
  /** Makes a message's body of an item that a reconcile poll read; null: the item is one. */
  readonly adapt: ((item: unknown) => unknown) | null;
}
/** The user's functions of an egress connector; same rules. `event.data` may be unparsed: each parses it. */
export interface EgressFunctions {
  readonly direction: "egress";
  /** The event with its data as its schema makes it. */
  parse(event: HubEvent): HubEvent;
  /** The request for a site; null: ignored. Without a `translate` of the user's the event passes through. */
  translate(event: HubEvent, context: { readonly site: string }): HttpRequest | null;
  /** The order key: the user's `partitionkey`, else the event's own, else null. */
  partitionkey(event: HubEvent): string | null;
  readonly sequence: ((event: HubEvent) => Sequence) | null;
  readonly tenant: ((event: HubEvent) => string) | null;
  readonly lookup: {
    request(event: HubEvent): HttpRequest;
    found(response: HttpResponse, event: HubEvent): boolean | "unknown";
  } | null;
  /** Their answer as an event of ours; null: none. */
  readonly reply: ((response: HttpResponse, event: HubEvent) => DraftEvent | null) | null;
  /** Verdict where the status does not tell; null: the taxonomy decides. */
  readonly judge: ((response: HttpResponse) => Verdict | null) | null;
  readonly batch: {
    pack(items: readonly HttpRequest[]): HttpRequest;
    judge(response: HttpResponse, count: number): readonly Verdict[];
  } | null;
}
/** The user's functions of a feed; same rules. */
export interface FeedFunctions {
  readonly direction: "feed";
  /** What readers get of an event; null: ignored. Without a `translate` of the user's the event passes through. */
  translate(event: HubEvent): { readonly type: string; readonly data: unknown } | null;
}
export type ConnectorFunctions = IngressFunctions | EgressFunctions | FeedFunctions;
export interface ResolvedConnector {
  readonly spec: ConnectorSpec;
  readonly functions: ConnectorFunctions;
}
