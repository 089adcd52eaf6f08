// A queue of who stands around a preview: made, read, and removed by its name.
import { setTimeout as wait } from "node:timers/promises";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { ifThere } from "./if-there.ts";

const pauseMs = 500;

export class ReadQueue {
  readonly arn: string;
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #had = new Set<string>();

  private constructor(client: SQSClient, url: string, arn: string) {
    this.#client = client;
    this.#url = url;
    this.arn = arn;
  }

  /** @param policy of the queue, from its ARN; default: nobody but the account */
  static async make(client: SQSClient, name: string, policy?: (arn: string) => object): Promise<ReadQueue> {
    const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName: name }));
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
    const arn = (await client.send(asked)).Attributes?.QueueArn ?? "";
    if (policy !== undefined) {
      const Attributes = { Policy: JSON.stringify(policy(arn)) };
      await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    }
    return new ReadQueue(client, QueueUrl, arn);
  }

  /** Hands over the body of each message once, until the signal. */
  async read(take: (body: string) => void, abortSignal: AbortSignal): Promise<void> {
    while (!abortSignal.aborted) {
      try {
        await this.#readOnce(take, abortSignal);
      } catch {
        // It is over, or the service is away for a while.
        await wait(pauseMs);
      }
    }
  }

  async #readOnce(take: (body: string) => void, abortSignal: AbortSignal): Promise<void> {
    const command = new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 });
    const { Messages = [] } = await this.#client.send(command, { abortSignal });
    for (const { Body = "", MessageId = "" } of Messages) {
      // What the queue gives again, since deleting it was not answered, is one message.
      if (this.#had.has(MessageId)) continue;
      this.#had.add(MessageId);
      take(Body);
    }
    if (Messages.length === 0) return;
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await this.#client.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }), { abortSignal });
  }
}

export async function removeQueue(client: SQSClient, QueueName: string): Promise<void> {
  const remove = async (): Promise<void> => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    await client.send(new DeleteQueueCommand({ QueueUrl }));
  };
  await ifThere(remove());
}
