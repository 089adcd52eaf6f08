/** Messages of queues as what is accepted: one way for those that we read and those that are handed to us. */
import { hash } from "node:crypto";
import type { AcceptInput } from "../../core/ports.ts";
import { reasonOf } from "../../define/reason.ts";
import type { CommonSpec, IngressFunctions } from "../../define/spec.ts";
import { identifier } from "../http/receive/identify.ts";
import { messageWriter } from "../http/receive/message.ts";

/** A message as it lay in a queue. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  /** What the service says of it: `MessageGroupId`, `MessageDeduplicationId`, `SequenceNumber`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What its writer gave it, texts only. */
  readonly messageAttributes: Readonly<Record<string, string>>;
}

export interface Arriving {
  readonly site: string;
  /** RFC 3339. */
  readonly receivedAt: string;
}

export type QueueInput = (message: QueuedMessage, arriving: Arriving) => AcceptInput;

/** Headers that the service's own words become. */
const said: Readonly<Record<string, string>> = {
  MessageGroupId: "sqs-message-group-id",
  MessageDeduplicationId: "sqs-message-deduplication-id",
  SequenceNumber: "sqs-sequence-number",
};

/**
 * A message that tells no identity is accepted under the queue's own with what is wrong with it, and becomes a fault: in a
 * queue it would come again for ever.
 *
 * @param own what tells the identity where the definition has no `id` function; null: nothing does
 */
export const queueInput = (
  spec: CommonSpec,
  functions: IngressFunctions,
  own: "deduplication-id" | "message-id" | null,
): QueueInput => {
  const source = `/${spec.partner.name}/${spec.name} `;
  const identify = identifier({ id: null, tenant: null, rejects: false, told: reasonOf }, functions);
  const write = messageWriter([]);
  return (message, { site, receivedAt }) => {
    const arrival = { headers: headersOf(message), site, receivedAt };
    const item = { text: message.body, event: false };
    const ownId = functions.id === null && own !== null ? ownIdOf(message, own) : null;
    const found = ownId === null ? identify(arrival, item) : { kind: "identified" as const, id: ownId, sequence: null };
    const { kind } = found;
    const about =
      kind === "identified"
        ? { ...arrival, tenant: null }
        : { ...arrival, tenant: null, problem: `no identity: ${found.reason}` };
    return {
      identity: source + (kind === "identified" ? found.id : digestOf(message)),
      key: null,
      sequence: kind === "identified" ? found.sequence : null,
      payload: write(item, about),
    };
  };
};

/** Of the queue's name for it: two messages that say the same are two. */
const digestOf = ({ messageId }: QueuedMessage): string => `sha256-${hash("sha256", messageId, "hex")}`;

const ownIdOf = ({ messageId, attributes }: QueuedMessage, own: "deduplication-id" | "message-id"): string =>
  (own === "deduplication-id" ? attributes.MessageDeduplicationId : undefined) ?? messageId;

const headersOf = ({ messageId, attributes, messageAttributes }: QueuedMessage): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(messageAttributes).map(([name, value]) => [name.toLowerCase(), value])),
  "sqs-message-id": messageId,
  ...Object.fromEntries(
    Object.entries(said).flatMap(([name, header]) => {
      const value = attributes[name];
      return value === undefined ? [] : [[header, value]];
    }),
  ),
});
