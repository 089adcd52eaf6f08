import type { Message } from "../../../define/model.ts";
import type { DraftEvent, HubEvent } from "../../../define/spec.ts";

/** An event of the hub with the extensions that the gateway itself writes. */
export interface GatewayEvent extends HubEvent {
  /** W3C trace context, as the giver sent it. */
  readonly traceparent?: string;
  /** Names of the partners that the event passed, by commas: none of them gets it back. */
  readonly isthmusorigin?: string;
}

/** An egress payload is the event as JSON text, as it was accepted. */
export const eventOf = (payload: string): GatewayEvent => JSON.parse(payload);

const tracePattern = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export const isTraceparent = (value: unknown): value is string => typeof value === "string" && tracePattern.test(value);

/** Partners that an event passed. */
export const originsOf = (event: object): readonly string[] => {
  const chain = "isthmusorigin" in event ? event.isthmusorigin : undefined;
  return typeof chain === "string" ? chain.split(",") : [];
};

/** Source and id of an entry: an identity is both, with one space between them. */
export const identityParts = (identity: string): { readonly source: string; readonly id: string } => {
  const space = identity.indexOf(" ");
  return { source: identity.slice(0, space), id: identity.slice(space + 1) };
};

/** The events of a message, with all that the translation leaves to the gateway. */
export const completeEvents = (
  drafts: readonly DraftEvent[],
  identity: string,
  { headers, receivedAt }: Pick<Message<unknown>, "headers" | "receivedAt">,
): readonly GatewayEvent[] => {
  const { source, id } = identityParts(identity);
  const partner = source.split("/")[1] ?? source;
  const { traceparent } = headers;
  return drafts.map(({ part, ...draft }) => ({
    ...draft,
    id: part === undefined ? id : `${id}/${part}`,
    source,
    time: draft.time ?? receivedAt,
    correlationid: draft.correlationid ?? id,
    causationid: id,
    isthmusorigin: partner,
    ...(isTraceparent(traceparent) && { traceparent }),
  }));
};

/** What a reader of a feed gets of an event: a CloudEvent 1.0 as JSON text, with nothing of ours that it has no use for. */
export const readersEvent = (
  event: HubEvent,
  { type, data }: { readonly type: string; readonly data: unknown },
): string => {
  const { id, source, time, subject, partitionkey, sequence, correlationid, causationid } = event;
  const attributes = { id, source, type, time, subject, partitionkey, sequence, correlationid, causationid };
  return JSON.stringify({ specversion: "1.0", ...attributes, data });
};
