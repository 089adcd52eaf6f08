import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { unlessAbsent } from "../absent.ts";
import { clientOf } from "../places.ts";
import type { Kind } from "../resource.ts";

const inputs = z.strictObject({
  region: z.string(),
  name: z.string().regex(/^[\w-]{1,75}(\.fifo)?$/),
  messageRetentionSeconds: z.int().min(60).max(1_209_600).optional(),
  visibilityTimeoutSeconds: z.int().min(0).max(43_200).optional(),
  sqsManagedSseEnabled: z.boolean().optional(),
  redrivePolicy: z.string().optional(),
  fifoQueue: z.boolean().optional(),
  deduplicationScope: z.enum(["messageGroup", "queue"]).optional(),
  fifoThroughputLimit: z.enum(["perQueue", "perMessageGroupId"]).optional(),
});
type Inputs = z.infer<typeof inputs>;

const client = ({ region }: Inputs): SQSClient => new SQSClient(clientOf(region));

/** What SQS calls them, and as text. */
function attributes(queue: Inputs): Record<string, string> {
  const all = {
    MessageRetentionPeriod: queue.messageRetentionSeconds,
    VisibilityTimeout: queue.visibilityTimeoutSeconds,
    SqsManagedSseEnabled: queue.sqsManagedSseEnabled,
    RedrivePolicy: queue.redrivePolicy,
    DeduplicationScope: queue.deduplicationScope,
    FifoThroughputLimit: queue.fifoThroughputLimit,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

async function computed(url: string, queue: Inputs) {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
  const found = await unlessAbsent(client(queue).send(command));
  return found === null ? null : { url, arn: found.Attributes?.QueueArn ?? "" };
}

export const queue: Kind<Inputs> = {
  inputs,
  identity: ["region", "name", "fifoQueue"],
  create: async (made) => {
    const { QueueUrl: url = "" } = await client(made).send(
      new CreateQueueCommand({
        QueueName: made.name,
        Attributes: { ...attributes(made), ...(made.fifoQueue === true && { FifoQueue: "true" }) },
      }),
    );
    return { id: url, outputs: (await computed(url, made)) ?? {} };
  },
  read: computed,
  update: async (url, made) => {
    await client(made).send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes(made) }));
    return {};
  },
  delete: async (url, made) => {
    await unlessAbsent(client(made).send(new DeleteQueueCommand({ QueueUrl: url })));
  },
};
