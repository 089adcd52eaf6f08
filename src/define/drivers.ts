// What users call to name a driver in a role. A call returns data: the driver's name, the role, the options; its type
// says which locations the driver reaches, what a translation must return, which sites it needs values for, and
// whether it knows an identity by itself. Drivers that are not built yet are declared too: `check` refuses them.
import type {
  BusEvent,
  Duration,
  HttpRequest,
  HttpResponse,
  Knows,
  Location,
  QueueMessage,
  Role,
  Row,
  Secret,
  Signature,
  Sited,
  Size,
  Value,
  Verdict,
  Verification,
  Via,
} from "./model.ts";

/** The drivers that this version can run, with their roles. */
export const builtDrivers: Readonly<Record<string, readonly Role[]>> = {
  http: ["receive", "poll", "send", "feed"],
  sqs: ["receive", "poll", "send"],
  "event-bridge": ["receive", "send"],
};

/** Of those: the ones that reach partners in the same cloud only, from the platform aws only. */
export const sameCloudDrivers: readonly string[] = ["sqs", "event-bridge"];

const via = <R extends Role>(driver: string, role: R, options: unknown) => ({ driver, role, options });
type Poll<L extends Location, S extends string, K extends Knows = "neither"> = Via<"poll", L, never, S, K>;
type Receive<L extends Location, K extends Knows> = Via<"receive", L, never, string, K>;
type Send<L extends Location, Out, S extends string, K extends Knows = "neither"> = Via<"send", L, Out, S, K>;
type Ids<O> = O extends { readonly id: string } ? "id" : "neither";

// ---- http: every role is built

/** Where something stands in a message: `"header:x-delivery"` or a JSON pointer, `"body:/id"`. */
export type PlaceText = `header:${string}` | `body:/${string}`;
export interface ReceiveOptions {
  /** How the partner proves who it is; of several, one must hold. */
  readonly verify: Verification | readonly Verification[];
  /** Where the message carries its identity; without it the definition needs an `id` function. */
  readonly id?: PlaceText;
  readonly tenant?: PlaceText;
  readonly challenge?: "slack" | "event-grid" | "xero";
  /** Longest body. Default `"1MB"`. */
  readonly limit?: Size;
  /** What we answer when the message is accepted. Default 202 without a body. */
  readonly answer?: { readonly status: number; readonly body?: string };
}
export interface SendOptions {
  /** Path where the translation names none. */
  readonly path?: string;
  /** Form of the request's body. Default `"json"`. */
  readonly format?: "json" | "cloudevents" | "standard-webhooks" | "form" | "xml";
  readonly sign?: Signature;
  /** Default: the platform's request timeout (policy.ts), and at most a lease less its margin. */
  readonly timeout?: Duration;
  readonly compress?: "gzip";
  /** Verdict by status, over the defaults of taxonomy.ts. */
  readonly responses?: { readonly [status: number]: Verdict };
  /** When the status does not tell: an error in a 200. null: the status tells. */
  readonly judge?: (response: HttpResponse) => Verdict | null;
  readonly batch?: {
    readonly max: number;
    readonly within: Duration;
    readonly pack: (items: readonly HttpRequest[]) => HttpRequest;
    readonly judge: (response: HttpResponse, count: number) => readonly Verdict[];
  };
}
/** How a source says where to read on. */
export type Cursor =
  /** The body holds a token at `next`, which goes into the query parameter `query`. */
  | { readonly kind: "token"; readonly query: string; readonly next: `/${string}` }
  /** The header `Link: <...>; rel="next"` (RFC 8288). */
  | { readonly kind: "link" }
  /** The id of the last event (http-feeds.org). */
  | { readonly kind: "http-feed" }
  /** The latest time in the items' `field`, less `overlap`, goes into the query parameter `query`. */
  | { readonly kind: "since"; readonly query: string; readonly field: `/${string}`; readonly overlap: Duration }
  | {
      readonly kind: "custom";
      readonly request: (cursor: string | null) => HttpRequest;
      readonly next: (response: HttpResponse) => string | null;
    };
export interface PollOptions {
  /** Joined to the site's url. */
  readonly path: string;
  /** From one read that brought everything to the next. */
  readonly every: Duration;
  /** JSON pointer to the list of items. Default: the body itself is the list. */
  readonly items?: `/${string}`;
  readonly cursor: Cursor;
  /** Whether a cursor of one site is good at another. */
  readonly acrossSites: "exact" | "rewind" | "refuse";
}
export interface FeedOptions {
  /** Who may read, with how each proves who it is; the proof tells which one reads. */
  readonly readers: { readonly [reader: string]: Verification };
  /** Counted from when every reader has read it. */
  readonly retention: Duration;
}

export const http = {
  /** They call our endpoint. */
  receive: <const O extends ReceiveOptions>(options: O): Receive<Location, Ids<O>> => via("http", "receive", options),
  /** We call theirs. */
  send: (options: SendOptions = {}): Send<Location, HttpRequest, string> => via("http", "send", options),
  /** We read theirs from a cursor. */
  poll: (options: PollOptions): Poll<Location, string> => via("http", "poll", options),
  /** They read ours from a cursor. */
  feed: (options: FeedOptions): Via<"feed", Location, never, string, "neither"> => via("http", "feed", options),
};

// ---- same cloud (AWS)

export const sqs = {
  /** Their queue, we read. */
  poll: <const S extends string>(options: {
    readonly queueArn: Sited<Value, S>;
    readonly role: Value;
    readonly externalId?: Value;
    /** What tells the identity where the definition has no `id`. Default `"message-id"`, which another send changes. */
    readonly id?: "deduplication-id" | "message-id";
    /** From one read that brought everything to the next. Default `"1s"`. */
    readonly every?: Duration;
  }): Poll<"same-cloud", S, "id"> => via("sqs", "poll", options),
  /** Their queue, we write. */
  send: <const S extends string>(options: {
    readonly queueArn: Sited<Value, S>;
    readonly role: Value;
    readonly externalId?: Value;
    /** Default: as the queues' names say it. */
    readonly fifo?: boolean;
  }): Send<"same-cloud", QueueMessage, S> => via("sqs", "send", options),
  /** Our queue, they write. */
  receive: (options: {
    readonly writers: readonly Value[];
    readonly fifo?: boolean;
  }): Receive<"same-cloud", "neither"> => via("sqs", "receive", options),
};

export const eventBridge = {
  /** Their bus, we write. */
  send: <const S extends string>(options: {
    readonly busArn: Sited<Value, S>;
    readonly role?: Value;
  }): Send<"same-cloud", BusEvent, S> => via("event-bridge", "send", options),
  /** Our bus, they write. */
  receive: (options: { readonly accounts: readonly Value[] }): Receive<"same-cloud", "neither"> =>
    via("event-bridge", "receive", options),
};

// ---- Azure and Google Cloud

export const serviceBus = {
  send: <const S extends string>(options: {
    readonly namespace: Sited<Value, S>;
    readonly entity: string;
    readonly sessions?: boolean;
    readonly duplicateDetection?: Duration;
  }): Send<"azure", QueueMessage, S> => via("service-bus", "send", options),
  poll: <const S extends string>(options: {
    readonly namespace: Sited<Value, S>;
    readonly entity: string;
    readonly sessions?: boolean;
  }): Poll<"azure", S, "id"> => via("service-bus", "poll", options),
};

export const pubsub = {
  /** Push: their topic, our endpoint. */
  receive: (options: { readonly serviceAccount: Value; readonly audience?: Value }): Receive<"google-cloud", "id"> =>
    via("pubsub", "receive", options),
  poll: <const S extends string>(options: {
    readonly subscription: Sited<Value, S>;
    readonly ordered?: boolean;
  }): Poll<"google-cloud", S, "id"> => via("pubsub", "poll", options),
  send: <const S extends string>(options: {
    readonly topic: Sited<Value, S>;
    readonly ordered?: boolean;
  }): Send<"google-cloud", QueueMessage, S> => via("pubsub", "send", options),
};

// ---- anywhere

interface AmqpLink<S extends string> {
  readonly address: Sited<Value, S>;
  readonly queue: string;
  readonly login: { readonly user: Value; readonly password: Secret };
}
export const amqp = {
  poll: <const S extends string>(options: AmqpLink<S> & { readonly credit?: number }): Poll<Location, S> =>
    via("amqp", "poll", options),
  send: <const S extends string>(options: AmqpLink<S>): Send<Location, QueueMessage, S> => via("amqp", "send", options),
};

export const postgres = {
  /** Changes of their tables by logical replication, or rows of an outbox table. */
  poll: <const S extends string>(
    options: { readonly database: Sited<Secret, S> } & (
      | { readonly publication: string; readonly slot: string; readonly failoverSlot?: boolean }
      | { readonly outbox: string; readonly every?: Duration }
    ),
  ): Poll<Location, S, "id"> => via("postgres", "poll", options),
  /** Upserts rows. */
  send: <const S extends string>(options: {
    readonly database: Sited<Secret, S>;
  }): Send<Location, Row, S, "idempotency"> => via("postgres", "send", options),
};

interface SftpLogin<S extends string> {
  readonly host: Sited<Value, S>;
  readonly login: { readonly user: Value; readonly privateKey: Secret; readonly hostKey: Value };
}
/** How a file is cut into messages. */
export type Records =
  | { readonly format: "csv"; readonly delimiter?: string }
  | { readonly format: "json-lines" }
  | { readonly format: "fixed-width"; readonly fields: { readonly [name: string]: readonly [number, number] } }
  | { readonly format: "xml"; readonly element: string };
export const sftp = {
  poll: <const S extends string>(
    options: SftpLogin<S> & {
      readonly files: string;
      readonly records: Records;
      readonly every: Duration;
      readonly done: { readonly moveTo: string } | "leave";
    },
  ): Poll<Location, S> => via("sftp", "poll", options),
  send: <const S extends string>(
    options: SftpLogin<S> & {
      readonly file: string;
      readonly close: { readonly every: Duration } | { readonly cron: string; readonly timezone: string };
      readonly pack: (records: readonly unknown[], file: { readonly name: string; readonly number: number }) => string;
    },
  ): Send<Location, unknown, S, "idempotency"> => via("sftp", "send", options),
};
