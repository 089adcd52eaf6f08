/** The calls of a queue that the drivers make. */

import * as z from "zod/mini";
import type { Clock, Done, Sending } from "../../core/ports.ts";
import type { Judgement } from "../../define/taxonomy.ts";
import { callService, type ServiceAnswer } from "../aws/call.ts";
import type { AwsSite } from "../aws/sites.ts";
import type { QueuedMessage } from "./messages.ts";

/** How a call is made. */
export interface Calling {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly mayWrite: () => boolean;
}

export const urlOf = ({ url, arn }: AwsSite): string => `${url}${arn.account}/${arn.resource}`;

export const callQueue = (
  queue: AwsSite,
  operation: "SendMessage" | "ReceiveMessage" | "DeleteMessageBatch",
  input: object,
  { clock, ...call }: Calling,
  done: Done<ServiceAnswer>,
): Sending =>
  callService(
    queue,
    { target: `AmazonSQS.${operation}`, version: "1.0", input: { QueueUrl: urlOf(queue), ...input }, ...call },
    clock,
    done,
  );

/** A message that was read: until the receipt's time is over nobody else gets it. */
export interface Received extends QueuedMessage {
  readonly receipt: string;
}

const texts = z._default(z.record(z.string(), z.string()), {});
const received = z.object({
  Messages: z._default(
    z.array(
      z.object({
        MessageId: z.string(),
        ReceiptHandle: z.string(),
        Body: z.string(),
        Attributes: texts,
        MessageAttributes: z._default(z.record(z.string(), z.object({ StringValue: z.optional(z.string()) })), {}),
      }),
    ),
    [],
  ),
});

export type Reading = { readonly kind: "read"; readonly messages: readonly Received[] } | Failed;
export interface Failed {
  readonly kind: "failed";
  readonly judgement: Judgement;
}

/** Messages of a `ReceiveMessage`. */
export const messagesIn = (answer: ServiceAnswer): Reading => {
  if (answer.kind === "failed") return answer;
  const read = received.safeParse(answer.output);
  if (!read.success) return { kind: "failed", judgement: unreadable };
  return {
    kind: "read",
    messages: read.data.Messages.map(({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }) => ({
      messageId: MessageId,
      receipt: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: textsOf(MessageAttributes),
    })),
  };
};

const unreadable: Judgement = {
  verdict: "retry",
  against: "site",
  sent: true,
  waitMs: null,
  reason: "the answer is none of the queue's",
};

const textsOf = (given: Readonly<Record<string, { readonly StringValue?: string | undefined }>>) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue]],
    ),
  );
