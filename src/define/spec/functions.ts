// The user's functions, with what they return already checked.
import type { BusEvent, HttpRequest, HttpResponse, Message, QueueMessage, Verdict } from "../model.ts";

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

/** What a translation gives, in the form of the connector's driver. */
export type Outgoing = HttpRequest | QueueMessage | BusEvent;

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
  /** What the driver sends to a site; null: ignored. Without a `translate` of the user's the event passes through. */
  translate(event: HubEvent, context: { readonly site: string }): Outgoing | null;
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
