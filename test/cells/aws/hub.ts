// The buses of emulated regions, as systems of ours use them: events are put, and a rule hands them to a queue that is read.
import { setTimeout as wait } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { RegionName } from "../network/regions.ts";
import type { Hub, OurEvent } from "../platform.ts";
import { until } from "../status.ts";

export interface BusAccess {
  readonly bus: string;
  /** Name of the region where it stands. */
  readonly nameOf: (region: RegionName) => string;
  /** Where systems of ours reach a region's services. */
  readonly endpoint: (region: RegionName) => string;
  /** Types of the events that are read. */
  readonly types: readonly string[];
  /** Names of the queues between the bus and the gateway. */
  readonly queues: readonly string[];
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const queueName = "our-own-system";
const envelope = z.looseObject({ detail: z.looseObject({ type: z.string(), data: z.unknown() }) });
const pauseMs = 200;
const restMs = 1_000;
const counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
const attemptMs = 4_000;

export class Buses implements Hub {
  readonly #access: BusAccess;
  readonly #clients = new Map<RegionName, { readonly events: EventBridgeClient; readonly sqs: SQSClient }>();

  constructor(access: BusAccess) {
    this.#access = access;
  }

  async publish(region: RegionName, event: OurEvent, signal: AbortSignal): Promise<boolean> {
    const { bus } = this.#access;
    const entry = { EventBusName: bus, Source: "cells", DetailType: event.type, Detail: JSON.stringify(event) };
    try {
      const command = new PutEventsCommand({ Entries: [entry] });
      const { FailedEntryCount } = await this.#of(region).events.send(command, { abortSignal: signal });
      return FailedEntryCount === 0;
    } catch {
      return false;
    }
  }

  async read(region: RegionName, take: (type: string, data: unknown) => void, signal: AbortSignal): Promise<void> {
    const had = new Set<string>();
    let url: string | null = null;
    while (!signal.aborted) {
      try {
        url ??= await this.#subscribe(region);
        await this.#take(region, url, had, take, signal);
      } catch {
        // The region is away, or has lost what it had.
        url = null;
        await wait(pauseMs);
      }
    }
  }

  async rest(region: RegionName, signal: AbortSignal): Promise<void> {
    const { sqs } = this.#of(region);
    const { queues } = this.#access;
    const isEmpty = async (name: string): Promise<boolean> => {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal: signal });
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
      const { Attributes = {} } = await sqs.send(command, { abortSignal: signal });
      return counts.every((count) => Number(Attributes[count]) === 0);
    };
    const areEmpty = async (): Promise<boolean> => {
      for (const name of [...queues, queueName]) if (!(await isEmpty(name))) return false;
      return true;
    };
    // Twice: in between a message may be on its way from the bus to a queue.
    await until(signal, areEmpty, pauseMs);
    await wait(restMs, undefined, { signal });
    await until(signal, areEmpty, pauseMs);
  }

  close(): void {
    for (const { events, sqs } of this.#clients.values()) {
      events.destroy();
      sqs.destroy();
    }
  }

  async #take(
    region: RegionName,
    url: string,
    had: Set<string>,
    take: (type: string, data: unknown) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { sqs } = this.#of(region);
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
    const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    const { Messages = [] } = await sqs.send(command, { abortSignal });
    for (const { Body = "{}", MessageId = "" } of Messages) {
      // What the queue gives again, since deleting it was not answered, is one message.
      if (had.has(MessageId)) continue;
      had.add(MessageId);
      const read = envelope.safeParse(JSON.parse(Body));
      if (read.success) take(read.data.detail.type, read.data.detail.data);
    }
    if (Messages.length === 0) return;
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal });
  }

  /** @returns the url of the queue, which is made where it is not there */
  async #subscribe(region: RegionName): Promise<string> {
    const { bus, types, nameOf } = this.#access;
    const { events, sqs } = this.#of(region);
    const options = { abortSignal: AbortSignal.timeout(attemptMs) };
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: queueName }), options);
    const rule = { Name: queueName, EventBusName: bus };
    const pattern = JSON.stringify({ "detail-type": types });
    await events.send(new PutRuleCommand({ ...rule, EventPattern: pattern }), options);
    const target = { Id: "queue", Arn: `arn:aws:sqs:${nameOf(region)}:000000000000:${queueName}` };
    await events.send(new PutTargetsCommand({ Rule: queueName, EventBusName: bus, Targets: [target] }), options);
    return QueueUrl;
  }

  #of(region: RegionName) {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const { nameOf, endpoint } = this.#access;
    const config = { region: nameOf(region), endpoint: endpoint(region), credentials, maxAttempts: 1 };
    const made = { events: new EventBridgeClient(config), sqs: new SQSClient(config) };
    this.#clients.set(region, made);
    return made;
  }
}
