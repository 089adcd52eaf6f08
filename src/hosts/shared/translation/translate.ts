import type { Message } from "../../../define/model.ts";
import { reasonOf } from "../../../define/reason.ts";
import type { ConnectorFunctions, DraftEvent, FeedFunctions, IngressFunctions } from "../../../define/spec.ts";
import { messageOf } from "../../../drivers/http/receive/message.ts";
import type { StoredMessage } from "../../../drivers/port.ts";
import { completeEvents, eventOf, identityParts, readersEvent } from "./events.ts";
import type { Made, Work } from "./work.ts";

/** Runs a connector's translation on one entry. Never throws: what user code does wrong is a fault of the entry. */
export const translate = (functions: ConnectorFunctions, work: Work): Made => {
  try {
    switch (functions.direction) {
      case "ingress":
        return ofMessage(functions, work);
      case "egress":
        return ofEvent(functions, work);
      case "feed":
        return ofOffer(functions, work);
    }
  } catch (error) {
    return { kind: "fault", reason: reasonOf(error) };
  }
};

const ofMessage = (functions: IngressFunctions, { identity: kept, payload }: Work): Made => {
  const stored: StoredMessage = JSON.parse(payload);
  const message = messageOf(stored);
  const identity = stored.problem === undefined ? kept : identifiedAnew(functions, kept, message, stored.problem);
  const drafts = functions.translate(message, { fetched: null });
  if (drafts.length === 0) return { kind: "ignored" };
  const output = JSON.stringify(completeEvents(drafts, identity, message));
  return { kind: "output", output, key: keyOf(drafts) };
};

/**
 * An item that had no identity when it was read is kept under one of its content. Resubmitted under a definition that finds
 * one, it is published under that, as if it had been read now. What `adapt` could not make stays a fault.
 *
 * @throws Error with the problem
 */
const identifiedAnew = (
  { id, parse, adapt }: IngressFunctions,
  kept: string,
  message: Message<unknown>,
  problem: string,
): string => {
  if (id === null || adapt !== null) throw new Error(problem);
  try {
    return `${identityParts(kept).source} ${id({ ...message, body: parse(message.body) })}`;
  } catch {
    throw new Error(problem);
  }
};

/** Events of one message are published together: they go in the order of the first key among them. */
const keyOf = (drafts: readonly DraftEvent[]): string | null =>
  drafts.find(({ partitionkey }) => partitionkey !== undefined)?.partitionkey ?? null;

const ofEvent = (functions: ConnectorFunctions & { direction: "egress" }, { payload, site }: Work): Made => {
  const event = eventOf(payload);
  const request = functions.translate(event, { site: site ?? "main" });
  if (request === null) return { kind: "ignored" };
  return { kind: "output", output: JSON.stringify(request), key: event.partitionkey ?? null };
};

const ofOffer = (functions: FeedFunctions, { payload }: Work): Made => {
  const event = eventOf(payload);
  const given = functions.translate(event);
  if (given === null) return { kind: "ignored" };
  return { kind: "output", output: readersEvent(event, given), key: event.partitionkey ?? null };
};
