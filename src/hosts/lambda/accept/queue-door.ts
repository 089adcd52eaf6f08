import type { AcceptAnswer } from "../../../core/acceptor.ts";
import type { RecordReceiver } from "../../../drivers/port.ts";
import { type BatchAnswer, failuresOf, type QueueRecord, queueRecords } from "../runtime/batches.ts";
import type { Drain } from "../runtime/drain.ts";
import type { Log } from "../runtime/log.ts";
import type { Accepting } from "./accepting.ts";

export interface QueueDoorPorts {
  readonly receiver: RecordReceiver;
  readonly longestPayload: number;
  readonly accepting: Accepting;
  readonly drain: Drain;
  readonly log: Log;
}

/** Takes messages from a queue of ours. In one that keeps an order nothing is taken behind what could not be. */
export class QueueDoor {
  readonly #ports: QueueDoorPorts;

  constructor(ports: QueueDoorPorts) {
    this.#ports = ports;
  }

  async take(event: unknown): Promise<BatchAnswer> {
    const records = queueRecords(event);
    if (await this.#ports.drain.asked()) return failuresOf(records.map(({ messageId }) => messageId));
    const groups = Map.groupBy(records, groupOf);
    const left = await Promise.all([...groups.values()].map((group) => this.#takeInOrder(group)));
    return failuresOf(left.flat().map(({ messageId }) => messageId));
  }

  /** What of the group stays in the queue. */
  async #takeInOrder(group: readonly QueueRecord[]): Promise<readonly QueueRecord[]> {
    for (const [at, record] of group.entries()) {
      if (!(await this.#takes(record))) return group.slice(at);
    }
    return [];
  }

  async #takes(record: QueueRecord): Promise<boolean> {
    const { receiver, longestPayload, accepting } = this.#ports;
    const messageAttributes = Object.entries(record.messageAttributes).flatMap(([name, { stringValue }]) =>
      stringValue === undefined ? [] : [[name, stringValue] as const],
    );
    const result = receiver.receive({ ...record, messageAttributes: Object.fromEntries(messageAttributes) });
    if (result.kind === "refused") return this.#stays(record, result.reason);
    if (Buffer.byteLength(result.input.payload) > longestPayload) return this.#stays(record, "it is too large");
    const answer = await new Promise<AcceptAnswer>((done) => accepting.accept(result.input, done));
    return answer.kind === "refused" ? this.#stays(record, answer.reason) : true;
  }

  #stays({ messageId }: QueueRecord, reason: string): false {
    this.#ports.log.warn("a message stays in the queue", { record: messageId, reason });
    return false;
  }
}

/** Messages without a group have no order among them. */
const groupOf = ({ messageId, attributes }: QueueRecord): string =>
  attributes.MessageGroupId === undefined ? `message ${messageId}` : `group ${attributes.MessageGroupId}`;
