// What users write: partners, connectors, messages and events. Types only, except the helpers at the end.
import type * as z from "zod";

type Schema = z.core.$ZodType;
interface Named<T> {
  readonly [name: string]: T;
}

/** A length of time with its unit: `"250ms"`, `"30s"`, `"5m"`, `"24h"`, `"7d"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;
/** An amount of bytes with its unit, in powers of 1,000: `"512B"`, `"64KB"`, `"5MB"`, `"1GB"`. */
export type Size = `${number}${"B" | "KB" | "MB" | "GB"}`;
/** A value that differs between environments; resolved from the environment or from the component's arguments. */
export interface Setting {
  readonly setting: string;
}
/** A value that lives in the secret manager and is read at run time; it may hold two values while it rotates. */
export interface Secret {
  readonly secret: string;
}
export type Value = string | Setting;
/** One value for each site of the partner; see `bySite`. */
export interface PerSite<T, S extends string> {
  readonly bySite: { readonly [K in S]: T };
}
export type Sited<T, S extends string> = T | PerSite<T, S>;

// ---- message (theirs) and event (ours, CloudEvents 1.0)

/** Event types with the schema of their data (zod or zod/mini). */
export type Schemas = Named<Schema>;
/** An event of ours, CloudEvents 1.0; `data` is what its schema makes of it. */
export type Event<E extends Schemas = Schemas> = {
  [T in keyof E & string]: {
    readonly type: T;
    readonly id: string;
    readonly source: string;
    readonly time: string;
    readonly subject?: string;
    readonly partitionkey?: string;
    readonly sequence?: string;
    readonly correlationid?: string;
    readonly causationid?: string;
    readonly dataref?: string;
    readonly data: z.output<E[T]>;
  };
}[keyof E & string];
/** What a translation returns: the gateway adds identity, source and, where missing, time. */
export type Draft<E extends Schemas> = {
  [T in keyof E & string]: {
    readonly type: T;
    readonly subject?: string;
    readonly time?: string;
    readonly partitionkey?: string;
    readonly correlationid?: string;
    readonly data: z.input<E[T]>;
  };
}[keyof E & string];
/** One of several events from one message. Its id is `<message id>/<part>`, so never use a position. */
export type Part<E extends Schemas> = Draft<E> & { readonly part: string };

/** What the partner gave. `headers` have lower-case names; `receivedAt` is an RFC 3339 time. */
export interface Message<B> {
  readonly body: B;
  readonly headers: Named<string>;
  readonly site: string;
  readonly tenant?: string;
  readonly receivedAt: string;
}
/** A request to the partner, described; only the gateway makes calls. `path` is relative to the site's `url`. */
export interface HttpRequest {
  /** Default `"POST"`. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path?: string;
  readonly query?: Named<string>;
  readonly headers?: Named<string>;
  readonly body?: unknown;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: Named<string>;
  readonly body: unknown;
}
export interface QueueMessage {
  readonly body: unknown;
  readonly attributes?: Named<string>;
}
/** An event on a partner's bus. */
export interface BusEvent {
  /** Default: the event's type. */
  readonly detailType?: string;
  readonly detail: unknown;
}
export interface Row {
  readonly table: string;
  readonly key: Named<unknown>;
  readonly values: Named<unknown>;
}
/** What an answer of the partner means for the event; see taxonomy.ts. */
export type Verdict = "delivered" | "retry" | "wait" | "fault" | "unknown";

// ---- proof of identity

/** How we prove who we are when we call the partner. */
export type Auth =
  | { readonly kind: "bearer"; readonly token: Secret }
  | { readonly kind: "api-key"; readonly header: string; readonly key: Secret }
  | { readonly kind: "basic"; readonly user: Value; readonly password: Secret }
  | {
      readonly kind: "oauth2";
      readonly tokenUrl: Value;
      readonly clientId: Value;
      readonly client: { readonly secret: Secret } | { readonly privateKey: Secret };
      readonly scope?: string;
      readonly audience?: string;
    }
  | { readonly kind: "mtls"; readonly certificate: Secret; readonly key: Secret; readonly ca?: Value }
  | { readonly kind: "sigv4"; readonly role: Value; readonly externalId?: Value; readonly service?: string };

export interface HmacSignature {
  readonly scheme: "hmac";
  readonly key: Secret;
  readonly header: string;
  readonly algorithm: "sha256" | "sha512";
  readonly encoding: "hex" | "base64";
  readonly prefix?: string;
  /** What is signed, in this order. */
  readonly content: readonly ("body" | "timestamp" | "." | { readonly header: string })[];
  readonly timestamp?: { readonly header: string; readonly tolerance: Duration };
}
export type Signature = { readonly scheme: "standard-webhooks"; readonly key: Secret } | HmacSignature;
/** How the partner proves who it is when it calls us. */
export type Verification =
  | Signature
  | { readonly scheme: "stripe"; readonly key: Secret }
  | { readonly scheme: "jwt"; readonly issuer: Value; readonly audience: Value; readonly claims?: Named<string> }
  | { readonly scheme: "bearer"; readonly token: Secret }
  | { readonly scheme: "mtls"; readonly ca: Value; readonly subjects: readonly string[] }
  | { readonly scheme: "iam"; readonly roles: readonly Value[] };

// ---- partner: stated once, shared by all connectors to it

export type Location = "internet" | "same-cloud" | "azure" | "google-cloud" | "on-prem";
/** What the partner allows: `limit` requests `per` length of time. */
export interface Rate {
  readonly limit: number;
  readonly per: Duration;
  /** Requests that may go out at once after a quiet time. Default: `limit`. */
  readonly burst?: number;
  /** Requests in flight at once, over all connectors to the partner in one region. */
  readonly concurrency?: number;
}
/** A window that recurs (cron expression in a time zone) in which we hold without breaker, alarm or failover. */
export interface Maintenance {
  readonly cron: string;
  readonly timezone: string;
  readonly duration: Duration;
}
/** One of the partner's own regional deployments. */
export interface Site {
  readonly url?: Value;
  readonly region?: string;
  readonly auth?: Auth;
  /**
   * Same cloud: name of their endpoint service, `com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0`. The site is reached at an
   * endpoint of our own, under its url, whose name is the service's private one. Plain: it decides what is made.
   */
  readonly privateService?: string;
  readonly maintenance?: readonly Maintenance[];
}
export type Topology<S extends string> =
  | {
      readonly mode: "active-active";
      /** How much of what a site acknowledged may be lost when it fails. */
      readonly recoveryPoint: Duration;
    }
  | {
      readonly mode: "primary-secondary";
      readonly primary: S;
      readonly secondary: S;
      /** How long their primary must be down before we use the secondary; `"never"` = by hand. Default `"1h"`. */
      readonly failoverAfter?: Duration | "never";
      readonly failback: "manual" | { readonly stableFor: Duration };
      /** How much of what the primary acknowledged may be lost when it fails: it is delivered again. */
      readonly recoveryPoint: Duration;
    };

/** The external system, defined once. Without `sites` it has one, `"main"`, described at the top level. */
export interface Partner<L extends Location = Location, S extends string = string> extends Site {
  readonly name: string;
  readonly location: L;
  readonly sites?: { readonly [K in S]: Site };
  readonly topology?: Topology<S>;
  readonly rate?: Rate;
  /** One connector for many customers of the partner: `{tenant}` in urls and secret names stands for one of them. */
  readonly tenants?: { readonly max: number; readonly rate?: Rate };
  /** They allow only known addresses: calls leave from a fixed one. */
  readonly fixedSource?: boolean;
}

// ---- driver: what its call returns decides role, locations, sites and what is asked for

/** receive = ingress push, poll = ingress pull, send = egress push, feed = egress pull. */
export type Role = "receive" | "poll" | "send" | "feed";
export type Knows = "id" | "idempotency" | "neither";
/** What a driver call returns. `type` is never set: it carries types only. */
export interface Via<R extends Role, L extends Location, Out, S extends string, K extends Knows> {
  readonly driver: string;
  readonly role: R;
  readonly options: unknown;
  readonly type?: { readonly locations: L; readonly out: Out; readonly sites: S; readonly knows: K };
}
export type AnyVia = Via<Role, Location, unknown, string, Knows>;

export type StartFrom = "earliest" | "now" | { readonly time: string };
/** How the taker tells that it has seen an event before. */
export type Idempotency =
  /** It deduplicates by the event's id, for ever as far as we are concerned. */
  | "event-id"
  /** The effect is the same however often it is asked for: an upsert, a set. */
  | "natural"
  | {
      readonly header: string;
      /** Default `"event-id"`. */
      readonly format?: "event-id" | "uuid";
      readonly remembers: Duration;
      /** `"sites"`: a key given to one site is known to the other; `"site"`: it is not. */
      readonly across: "sites" | "site";
    };

/** A value that differs between environments, by name. */
export const setting = (name: string): Setting => ({ setting: name });
/** A secret, by name. */
export const secret = (name: string): Secret => ({ secret: name });
/** One value for each site: `bySite({ zurich: setting("host-zurich"), geneva: setting("host-geneva") })`. */
export const bySite = <T, const S extends string>(values: { readonly [K in S]: T }): PerSite<T, S> => ({
  bySite: values,
});
