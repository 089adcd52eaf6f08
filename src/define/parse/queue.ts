// Options of the drivers of the same cloud in each role, as zod schemas. Settings are resolved before.
import * as z from "zod";
import { duration, maybe, strict, text } from "./values.ts";

/** One value for all sites, or one for each. */
const sited = <T extends z.ZodType>(schema: T) => z.union([schema, strict({ bySite: z.record(text, schema) })]);

/** Options of `sqs.poll`. */
export const sqsPoll = strict({
  queueArn: sited(text),
  role: text,
  externalId: maybe(text),
  id: maybe(z.enum(["deduplication-id", "message-id"])),
  every: maybe(duration),
});
/** Options of `sqs.send`. */
export const sqsSend = strict({
  queueArn: sited(text),
  role: text,
  externalId: maybe(text),
  fifo: maybe(z.boolean()),
});
/** Options of `sqs.receive`. */
export const sqsReceive = strict({
  writers: z.array(text).min(1, { error: "names nobody who may write" }),
  fifo: maybe(z.boolean()),
});
/** Options of `eventBridge.send`. */
export const eventBridgeSend = strict({ busArn: sited(text), role: maybe(text) });
/** Options of `eventBridge.receive`. */
export const eventBridgeReceive = strict({
  accounts: z.array(text).min(1, { error: "names no account whose rules may send" }),
});

export type Sited = z.output<typeof sqsPoll>["queueArn"];
export type SqsPollFields = z.output<typeof sqsPoll>;
export type SqsSendFields = z.output<typeof sqsSend>;
export type SqsReceiveFields = z.output<typeof sqsReceive>;
export type EventBridgeSendFields = z.output<typeof eventBridgeSend>;
export type EventBridgeReceiveFields = z.output<typeof eventBridgeReceive>;
