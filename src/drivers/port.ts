/**
 * The driver port: what a protocol offers in each role. A driver turns a protocol into what the core understands and
 * decides nothing else: it never retries, never stores, and never answers a giver before the core has accepted.
 */
import type { AwsClient } from "../aws/client.ts";
import type { AcceptInput, Clock, Done, FeedAnswer, FeedReading, Source, Taker } from "../core/ports.ts";
import type { EgressFunctions, FeedSpec, IngressFunctions, PollSpec, ReceiveSpec, SendSpec } from "../define/spec.ts";

/** Values of a secret, the current one first and, while it rotates, the other valid one. Empty: it is not set. */
export type Secrets = (name: string) => readonly string[];

/** Name resolution, as `dns.lookup` with `all`. Given by tests; the system's resolver by default. */
export type Lookup = (
  hostname: string,
  done: (error: Error | null, addresses: readonly { readonly address: string; readonly family: number }[]) => void,
) => void;

/** Which addresses calls may go to, beside what the partner's location allows. */
export interface NetworkOptions {
  /** For partners on premises: the only networks that are called, for example `10.20.0.0/16`; in the same cloud: beside public ones. */
  readonly cidrs: readonly string[];
  /** Loopback addresses that partners may have, with their port, for example `127.0.0.1:9443`. */
  readonly loopback: readonly string[];
  readonly lookup?: Lookup;
  /** Url of an HTTP proxy that all connections go through. Default: none. */
  readonly proxy?: string;
}

/** Ours at AWS: what takes on the roles that partners give us. */
export interface AwsAccess {
  readonly client: AwsClient;
  /** That we run in. */
  readonly region: string;
}

/** What the host gives to every driver. */
export interface DriverContext {
  /** Asked at every use, so that a rotated secret needs no restart. */
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly network: NetworkOptions;
  /** Signs cursors of feeds: the same in every region of the environment. At least 32 bytes. */
  readonly cursorKey: Uint8Array;
  /** Absent: the platform gives us no role at AWS. */
  readonly aws?: AwsAccess;
}

// ---- role receive -------------------------------------------------------------------------------------------------

/** A call of the giver, read whole. Header names are lower case. */
export interface InboundRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Who made the call, as far as the platform has checked it before. Absent: it checks nobody. Never made of a header. */
  readonly caller?: {
    /** At AWS, of the principal whose signature was checked. */
    readonly arn: string;
  };
}

/** An ingress entry's payload, parsed: the message as it was received. */
export interface StoredMessage {
  /** Lower-case names; without credentials and without headers that only describe the connection. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's text, exactly as received. */
  readonly body: string;
  /** The body's bytes in base64, present only where they are not valid UTF-8 (`body` is then an approximation). */
  readonly bytes?: string;
  readonly site: string;
  readonly tenant?: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  /** Why it cannot be translated: something that was read and says no identity. Translating it is a fault that says so. */
  readonly problem?: string;
}

export type ReceiveResult =
  | {
      readonly kind: "messages";
      /**
       * Never empty. The giver is answered once all are accepted. Identities are `/<partner>/<connector> <id>`, payloads
       * JSON texts of `StoredMessage`.
       */
      readonly inputs: readonly AcceptInput[];
      readonly answerStatus: number;
      readonly answerBody: string;
    }
  | Refusal;

export interface Refusal {
  readonly kind: "refused";
  readonly status: 400 | 401 | 405 | 413 | 415 | 503;
  /** JSON text: `{"error": "..."}`. */
  readonly body: string;
  /** Seconds, for the header of that name. */
  readonly retryAfter?: number;
}

export interface Receiver {
  readonly kind: "request";
  /** The host stops reading a body, and answers 413, beyond this many bytes. */
  readonly limitBytes: number;
  /** Limit, verify, identify. `done` is called in the same tick unless keys have to be fetched. Never throws. */
  receive(request: InboundRequest, done: Done<ReceiveResult>): void;
}

/** What lay in a queue of ours. Its policy has let only the partner write. */
export interface InboundRecord {
  readonly messageId: string;
  readonly body: string;
  /** What the service says of it, for example `MessageGroupId`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What its writer gave it, texts only. */
  readonly messageAttributes: Readonly<Record<string, string>>;
}

export type RecordResult =
  /** Taken off the queue once it is accepted. */
  | { readonly kind: "message"; readonly input: AcceptInput }
  /** Stays in the queue, whose own rule puts it into its dead-letter queue. */
  | { readonly kind: "refused"; readonly reason: string };

/** Of a queue that hands its messages over. */
export interface RecordReceiver {
  readonly kind: "record";
  /** Never throws. */
  receive(record: InboundRecord): RecordResult;
}

// ---- role send ----------------------------------------------------------------------------------------------------

/** A way to the partner's sites, with connections that end with it. */
export interface Sender extends Taker {
  /** Sends nothing more. Calls `done` when the requests that are open have ended. */
  close(done: () => void): void;
}

// ---- role poll ----------------------------------------------------------------------------------------------------

/** A way to read the partner's sites, with connections that end with it. */
export interface Reader extends Source {
  /** Reads nothing more. Calls `done` when the requests that are open have ended. */
  close(done: () => void): void;
}

// ---- role feed ----------------------------------------------------------------------------------------------------

/** What a reader that calls us may read, or the whole answer where it may not. */
export type FeedRequest =
  | { readonly kind: "read"; readonly reading: FeedReading }
  | { readonly kind: "answer"; readonly response: FeedResponse };

export interface FeedResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Says who reads and from where, and writes what it gets in the protocol's form. Never throws. */
export interface FeedServer {
  request(request: InboundRequest, done: Done<FeedRequest>): void;
  response(reading: FeedReading, answer: FeedAnswer): FeedResponse;
}

// ---- drivers ------------------------------------------------------------------------------------------------------

/** A protocol with its roles. Building one throws `Unsupported` where the definition asks for what is not built. */
export interface Driver {
  readonly receive?: (
    spec: ReceiveSpec,
    functions: IngressFunctions,
    context: DriverContext,
  ) => Receiver | RecordReceiver;
  readonly send?: (spec: SendSpec, functions: EgressFunctions, context: DriverContext) => Sender;
  /** Of a poll connector, or of the reconcile poll of a receiver. */
  readonly poll?: (spec: PollSpec | ReceiveSpec, functions: IngressFunctions, context: DriverContext) => Reader;
  readonly feed?: (spec: FeedSpec, context: DriverContext) => FeedServer;
}

export type { DriverName } from "../define/spec.ts";
