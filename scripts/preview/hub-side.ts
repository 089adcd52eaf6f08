// A system of ours at the hub of each region: publishes, and takes what is published by a rule and a queue of its own.
import {
  DeleteRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import * as z from "zod";
import type { Clients } from "./clients.ts";
import { ifThere } from "./if-there.ts";
import { ReadQueue, removeQueue } from "./queue.ts";

export interface HubPlace {
  readonly clients: Clients;
  readonly region: string;
  /** Name of the bus. */
  readonly bus: string;
  /** Of the rule and the queue. */
  readonly name: string;
}

const given = z.looseObject({ detail: z.looseObject({ data: z.looseObject({ given: z.string() }) }) });

export class HubSide {
  readonly #place: HubPlace;

  private constructor(place: HubPlace) {
    this.#place = place;
  }

  /** @param take is told what a message said that it is, until the signal */
  static async open(place: HubPlace, take: (given: string) => void, signal: AbortSignal): Promise<HubSide> {
    const { clients, region, bus, name } = place;
    const queue = await ReadQueue.make(clients.sqs(region), name, ruleMayWrite);
    const rule = { Name: name, EventBusName: bus, EventPattern: JSON.stringify({ "detail-type": ["preview.given"] }) };
    await clients.events(region).send(new PutRuleCommand(rule));
    const Targets = [{ Id: "queue", Arn: queue.arn }];
    await clients.events(region).send(new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets }));
    void queue.read((body) => {
      const read = given.safeParse(JSON.parse(body));
      if (read.success) take(read.data.detail.data.given);
    }, signal);
    return new HubSide(place);
  }

  /** What of it is there, also where it was made by another process. A bus that has rules is not deleted. */
  static async remove({ clients, region, bus, name }: HubPlace): Promise<void> {
    const rule = { EventBusName: bus };
    await ifThere(clients.events(region).send(new RemoveTargetsCommand({ ...rule, Rule: name, Ids: ["queue"] })));
    await ifThere(clients.events(region).send(new DeleteRuleCommand({ ...rule, Name: name })));
    await removeQueue(clients.sqs(region), name);
  }

  /** @returns whether the bus took it */
  async publish(id: string): Promise<boolean> {
    const { clients, region, bus } = this.#place;
    const event = { id, type: "preview.sent", source: "/preview", time: new Date().toISOString(), data: { sent: id } };
    const entry = { EventBusName: bus, Source: "preview", DetailType: event.type, Detail: JSON.stringify(event) };
    const answer = await clients.events(region).send(new PutEventsCommand({ Entries: [entry] }));
    return answer.FailedEntryCount === 0;
  }
}

const ruleMayWrite = (queue: string): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queue,
      Condition: { StringEquals: { "aws:SourceAccount": queue.split(":")[4] } },
    },
  ],
});
