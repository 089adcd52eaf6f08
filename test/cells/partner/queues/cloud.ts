// The partner's own account: one emulator serves all of its regions, since a site is stopped at its front.
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Ministack, startMinistack } from "../../../aws/ministack/ministack.ts";
import { theirAccount } from "./names.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
/** Shown again soon, when a site was stopped while it had it. */
const visibilitySeconds = "2";

/** Services of one region, as one of the partner's systems uses them. */
export class Region {
  readonly name: string;
  readonly #sqs: SQSClient;
  readonly #events: EventBridgeClient;

  constructor(name: string, endpoint: string) {
    this.name = name;
    const config = { region: name, endpoint, credentials, maxAttempts: 1 };
    // Its own idea of where a queue is leads past the endpoint.
    this.#sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
    this.#events = new EventBridgeClient(config);
  }

  /** @returns its url */
  async makeQueue(name: string): Promise<string> {
    const attributes = { VisibilityTimeout: visibilitySeconds };
    const { QueueUrl = "" } = await this.#sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return QueueUrl;
  }

  /** @throws where the queue is not there */
  async look(queue: string, signal: AbortSignal): Promise<void> {
    await this.#sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue }), aborted(signal));
  }

  async send(queue: string, body: string, signal?: AbortSignal): Promise<void> {
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }), aborted(signal));
  }

  /** Waits for a second where there is nothing. */
  async receive(queue: string, signal?: AbortSignal): Promise<readonly Message[]> {
    const most = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ["All"] };
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, ...most }),
      aborted(signal),
    );
    return Messages;
  }

  async remove(queue: string, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const entries = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await this.#sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue, Entries: entries }));
  }

  async purge(queue: string): Promise<void> {
    await this.#sqs.send(new PurgeQueueCommand({ QueueUrl: queue }));
  }

  /** Makes a bus whose events of one type go to a queue of the region. Again: the same. */
  async makeBus(bus: string, type: string, queueName: string, signal?: AbortSignal): Promise<void> {
    const options = aborted(signal);
    await this.#events.send(new CreateEventBusCommand({ Name: bus }), options).catch(ifItIsThere);
    const rule = { Name: type, EventBusName: bus, EventPattern: JSON.stringify({ "detail-type": [type] }) };
    await this.#events.send(new PutRuleCommand(rule), options);
    const target = { Id: "queue", Arn: `arn:aws:sqs:${this.name}:${theirAccount}:${queueName}` };
    await this.#events.send(new PutTargetsCommand({ Rule: type, EventBusName: bus, Targets: [target] }), options);
  }

  /** @returns whether the bus took it */
  async put(bus: string, type: string, detail: object, signal: AbortSignal): Promise<boolean> {
    const entry = { EventBusName: bus, Source: "theirs", DetailType: type, Detail: JSON.stringify(detail) };
    const { FailedEntryCount } = await this.#events.send(new PutEventsCommand({ Entries: [entry] }), aborted(signal));
    return FailedEntryCount === 0;
  }

  close(): void {
    this.#sqs.destroy();
    this.#events.destroy();
  }
}

export class TheirCloud {
  readonly #service: Ministack;

  constructor(service: Ministack) {
    this.#service = service;
  }

  static async open(): Promise<TheirCloud> {
    return new TheirCloud(await startMinistack({ region: "eu-west-1" }));
  }

  get url(): string {
    return this.#service.url;
  }

  region(name: string): Region {
    return new Region(name, this.#service.url);
  }

  close(): Promise<void> {
    return this.#service.kill();
  }
}

/** What AWS calls a region of ours. */
export type NameOf = (region: string) => string;

/** Our regions, as the partner's own systems use their services. */
export class OurRegions {
  readonly #nameOf: NameOf;
  readonly #regions = new Map<string, Region>();

  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  /** @param url of a queue there, which tells where the region is reached */
  at(region: string, url: string): Region {
    const known = this.#regions.get(region);
    if (known !== undefined) return known;
    const made = new Region(this.#nameOf(region), new URL(url).origin);
    this.#regions.set(region, made);
    return made;
  }

  close(): void {
    for (const region of this.#regions.values()) region.close();
  }
}

const aborted = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

function ifItIsThere(error: unknown): void {
  if (!(error instanceof Error) || error.name !== "ResourceAlreadyExistsException") throw error;
}
