import type { AcceptAnswer } from "../../../core/acceptor.ts";
import type { HubEvent } from "../../../define/spec.ts";
import { cameFrom, inputOf, type Ordering } from "../../shared/hub-inputs.ts";
import { type BatchAnswer, failuresOf, type QueueRecord, queueRecords } from "../runtime/batches.ts";
import type { Drain } from "../runtime/drain.ts";
import type { Log } from "../runtime/log.ts";
import type { Accepting } from "./accepting.ts";

export interface HubDoorPorts {
  readonly partner: string;
  readonly ordering: Ordering;
  readonly longestPayload: number;
  readonly accepting: Accepting;
  readonly drain: Drain;
  readonly log: Log;
  /** The event in what the hub put into the queue; null: none. */
  eventIn(body: string): HubEvent | null;
}

/**
 * Takes the hub's events from the queue of its rule. What is not durable yet stays in the queue; what never can be is
 * handed back as well, until the queue's own rule puts it into its dead-letter queue.
 */
export class HubDoor {
  readonly #ports: HubDoorPorts;

  constructor(ports: HubDoorPorts) {
    this.#ports = ports;
  }

  async take(event: unknown): Promise<BatchAnswer> {
    const records = queueRecords(event);
    if (await this.#ports.drain.asked()) return failuresOf(records.map(({ messageId }) => messageId));
    const outcomes = await Promise.all(records.map(async (record) => ((await this.#takes(record)) ? [] : [record])));
    return failuresOf(outcomes.flat().map(({ messageId }) => messageId));
  }

  async #takes({ messageId, body }: QueueRecord): Promise<boolean> {
    const { partner, ordering, longestPayload, accepting, log } = this.#ports;
    const event = this.#ports.eventIn(body);
    if (event === null) return this.#refuse(messageId, "it holds no event of the hub");
    if (cameFrom(event, partner)) return true;
    const input = inputOf(event, ordering);
    if (Buffer.byteLength(input.payload) > longestPayload) return this.#refuse(messageId, "it is too large");
    const answer = await new Promise<AcceptAnswer>((done) => accepting.accept(input, done));
    if (answer.kind === "refused")
      log.info("an event stays in the queue", { record: messageId, reason: answer.reason });
    return answer.kind !== "refused";
  }

  #refuse(record: string, reason: string): false {
    this.#ports.log.error("what is in the queue cannot be accepted", { record, reason });
    return false;
  }
}
