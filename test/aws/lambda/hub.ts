// The hub of one region, as a connector that takes from it sees it: a bus, a rule, a queue with its dead-letter queue.
import type { HubEvent } from "../../../src/define/spec.ts";
import type { BatchAnswer } from "../../../src/hosts/lambda/runtime/batches.ts";
import type { Handler } from "../../../src/hosts/lambda/runtime/surroundings.ts";
import { EventBridgePublisher } from "../../../src/hub/event-bridge/publisher.ts";
import { clientFor, makeQueue, queueArn } from "../ministack/functions.ts";
import { invocation, type Place, region } from "./place.ts";

const type = "order.placed";
export interface Subscribed {
  /** Url of the queue that the rule fills. */
  readonly queue: string;
  readonly deadLetters: string;
}

/**
 * What there is for a connector that takes orders: `<name>` is filled by the rule, `<name>-dead` by what it gives up.
 *
 * @param mostReceives handed over so often before it is given up
 */
export const subscribe = async ({ aws, call }: Place, name: string, mostReceives = 3): Promise<Subscribed> => {
  const deadLetters = await makeQueue(aws, `${name}-dead`);
  const redrive = { deadLetterTargetArn: queueArn(aws, `${name}-dead`), maxReceiveCount: mostReceives };
  const queue = await makeQueue(aws, name, { VisibilityTimeout: "1", RedrivePolicy: JSON.stringify(redrive) });
  const rule = { EventBusName: "hub", EventPattern: JSON.stringify({ "detail-type": [type] }) };
  await call("events", "1.1", "AWSEvents.PutRule", { Name: name, ...rule });
  const target = { Id: name, Arn: queueArn(aws, name) };
  await call("events", "1.1", "AWSEvents.PutTargets", { Rule: name, EventBusName: "hub", Targets: [target] });
  return { queue, deadLetters };
};

const orderEvent = (id: string, data: object = { order: id }): HubEvent => ({
  type,
  id,
  source: "/shop/orders",
  time: "2026-11-25T12:00:00Z",
  data,
});

/** What the rule puts into the queue for an event. */
export const bodyOf = (id: string): string =>
  JSON.stringify({ version: "0", "detail-type": type, source: "isthmus", detail: orderEvent(id) });

export const publish = async ({ aws }: Place, ids: readonly string[]): Promise<void> => {
  const hub = new EventBridgePublisher({ client: clientFor(aws), region, bus: "hub" });
  const result = await new Promise<{ kind: string }>((done) =>
    hub.publish(
      ids.map((id) => orderEvent(id)),
      done,
    ),
  );
  if (result.kind !== "published") throw new Error(JSON.stringify(result));
};

interface QueueMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
}

/** What a queue gives now, at most ten. */
export const received = async ({ call }: Place, queue: string): Promise<readonly QueueMessage[]> => {
  const input = { QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 0 };
  const { Messages = [] } = (await call("sqs", "1.0", "AmazonSQS.ReceiveMessage", input)) as {
    Messages?: readonly QueueMessage[];
  };
  return Messages;
};

/** Hands what a queue gives to a handler and removes what it took, as Lambda does. */
export const handOver = async (
  place: Place,
  queue: string,
  handler: Handler<BatchAnswer>,
): Promise<{ readonly taken: number; readonly left: number }> => {
  const messages = await received(place, queue);
  const { batchItemFailures } = await handler(batchOf(messages), invocation());
  const left = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId, ReceiptHandle } of messages) {
    if (!left.has(MessageId)) {
      await place.call("sqs", "1.0", "AmazonSQS.DeleteMessage", { QueueUrl: queue, ReceiptHandle });
    }
  }
  return { taken: messages.length - left.size, left: left.size };
};

const batchOf = (messages: readonly Pick<QueueMessage, "MessageId" | "Body">[]): object => ({
  Records: messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body })),
});
