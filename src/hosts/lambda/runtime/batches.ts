// Batches of queues and streams, and the partial answers to them.
import * as z from "zod/mini";

/** What the source is to hand over again; the rest is done with. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export const allDone: BatchAnswer = { batchItemFailures: [] };

export const failuresOf = (identifiers: readonly string[]): BatchAnswer => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

const queueEvent = z.object({
  Records: z.array(
    z.object({ messageId: z.string(), body: z.string(), attributes: z._default(z.record(z.string(), z.string()), {}) }),
  ),
});

export type QueueRecord = z.output<typeof queueEvent>["Records"][number];

/** Records of an SQS event. @throws Error where it is none */
export const queueRecords = (event: unknown): readonly QueueRecord[] => queueEvent.parse(event).Records;
