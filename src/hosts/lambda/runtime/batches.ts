// Batches of queues and streams, and the partial answers to them.
import * as z from "zod/mini";

/** What the source is to hand over again; the rest is done with. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export const nothingFailed: BatchAnswer = { batchItemFailures: [] };

export const failuresOf = (identifiers: readonly string[]): BatchAnswer => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

const queueEvent = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z._default(z.record(z.string(), z.string()), {}),
      messageAttributes: z._default(z.record(z.string(), z.object({ stringValue: z.optional(z.string()) })), {}),
    }),
  ),
});

export type QueueRecord = z.output<typeof queueEvent>["Records"][number];

/** Records of an SQS event. @throws Error where it is none */
export const queueRecords = (event: unknown): readonly QueueRecord[] => queueEvent.parse(event).Records;

const streamEvent = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ SequenceNumber: z.string() }) })),
});

/** All of a stream's batch is to be handed over again: it goes on from the first record that is named. */
export const streamFailure = (event: unknown): BatchAnswer => {
  const first = streamEvent.safeParse(event).data?.Records[0];
  return first === undefined ? nothingFailed : failuresOf([first.dynamodb.SequenceNumber]);
};
