// The hub of one region, and a system of ours that takes everything from it.
import { eventIn } from "../../../src/hub/event-bridge/entries.ts";
import { json, makeQueue, type Place, queueArn } from "../ministack/functions.ts";

export const busName = "hub";
const watcher = "watcher";

export class Bus {
  readonly #place: Place;
  readonly #queue: string;

  private constructor(place: Place, queue: string) {
    this.#place = place;
    this.#queue = queue;
  }

  /** @param exists whether the bus is there already */
  static async open(place: Place, exists: boolean): Promise<Bus> {
    const events = (operation: string, input: object): Promise<unknown> =>
      json(place, "events", "1.1", `AWSEvents.${operation}`, input);
    if (!exists) await events("CreateEventBus", { Name: busName });
    const queue = await makeQueue(place, watcher);
    const rule = { EventBusName: busName };
    await events("PutRule", { ...rule, Name: watcher, EventPattern: '{"source":["isthmus"]}' });
    await events("PutTargets", { ...rule, Rule: watcher, Targets: [{ Id: watcher, Arn: queueArn(place, watcher) }] });
    return new Bus(place, queue);
  }

  /** Ids of what it handed on since it was last asked. */
  async taken(): Promise<readonly string[]> {
    const sqs = (operation: string, input: object): Promise<unknown> =>
      json(this.#place, "sqs", "1.0", `AmazonSQS.${operation}`, { QueueUrl: this.#queue, ...input });
    const ids: string[] = [];
    for (;;) {
      const got: unknown = Reflect.get(Object(await sqs("ReceiveMessage", { MaxNumberOfMessages: 10 })), "Messages");
      if (!Array.isArray(got) || got.length === 0) return ids;
      for (const { Body, ReceiptHandle } of got) {
        ids.push(...[eventIn(String(Body))].flatMap((event) => (event === null ? [] : [event.id])));
        await sqs("DeleteMessage", { ReceiptHandle });
      }
    }
  }
}
