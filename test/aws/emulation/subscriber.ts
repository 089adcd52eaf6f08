// One of our own systems: takes from a region's bus by a rule and a queue of its own.
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Place } from "../ministack/functions.ts";

export interface Taken {
  readonly id: string;
  readonly region: string;
  /** Wall clock, ms. */
  readonly at: number;
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const queueName = "our-own-system";

export class Subscriber {
  readonly taken: Taken[] = [];
  readonly #region: string;
  readonly #sqs: SQSClient;
  readonly #url: string;
  readonly #messages = new Set<string>();
  #stopped = false;

  private constructor(region: string, sqs: SQSClient, url: string) {
    this.#region = region;
    this.#sqs = sqs;
    this.#url = url;
    void this.#run();
  }

  static async open({ url: endpoint, region }: Place, bus: string, types: readonly string[]): Promise<Subscriber> {
    const config = { region, endpoint, credentials };
    const sqs = new SQSClient(config);
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: queueName }));
    const events = new EventBridgeClient(config);
    const rule = { Name: queueName, EventBusName: bus };
    await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ "detail-type": types }) }));
    const target = { Id: "queue", Arn: `arn:aws:sqs:${region}:000000000000:${queueName}` };
    await events.send(new PutTargetsCommand({ Rule: queueName, EventBusName: bus, Targets: [target] }));
    events.destroy();
    return new Subscriber(region, sqs, QueueUrl);
  }

  stop(): void {
    this.#stopped = true;
    this.#sqs.destroy();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const { Messages = [] } = await this.#sqs.send(
          new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
        );
        for (const { Body = "{}", MessageId = "" } of Messages) {
          // What the queue gives again, since deleting it was not answered, is one message.
          if (this.#messages.has(MessageId)) continue;
          this.#messages.add(MessageId);
          this.taken.push({ id: String(JSON.parse(Body).detail?.id), region: this.#region, at: Date.now() });
        }
        const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
        if (Entries.length > 0) await this.#sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }));
      } catch {
        // The region is away, or this one was stopped.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}
