/** One reading: of each queue, first what the cursor names is deleted, then what is there is read. */
import type { AcceptInput, Clock, Done, ReadAnswer, Reading, Sending } from "../../../core/ports.ts";
import { sqsPollDefaults } from "../../../define/policy.ts";
import type { Judgement } from "../../../define/taxonomy.ts";
import type { AwsSite } from "../../aws/sites.ts";
import type { QueueInput } from "../messages.ts";
import { type Calling, callQueue, messagesIn, type Reading as QueueRead, type Received } from "../queue.ts";
import { cursorOf, type Receipts } from "./cursor.ts";

export interface QueueToRead {
  readonly name: string;
  readonly queue: AwsSite;
  /** To be deleted. */
  readonly receipts: readonly string[];
}

/** What came of each queue, that of the site in use first. */
interface Ended {
  readonly name: string;
  readonly read: QueueRead;
  readonly deleted: boolean;
}

const { pageSize, visibilityMs, longestWaitMs, longestPayload } = sqsPollDefaults;

export class QueuesReading implements Sending {
  readonly #reading: Reading;
  readonly #inputOf: QueueInput;
  readonly #clock: Clock;
  readonly #done: (answer: ReadAnswer, deleted: boolean) => void;
  readonly #open = new Map<string, Sending>();
  readonly #ended: (Ended | null)[];
  readonly #beganAtMs: number;

  /** @param done once; `deleted`: nothing that the cursor named is left */
  constructor(
    reading: Reading,
    queues: readonly QueueToRead[],
    inputOf: QueueInput,
    clock: Clock,
    done: (answer: ReadAnswer, deleted: boolean) => void,
  ) {
    this.#reading = reading;
    this.#inputOf = inputOf;
    this.#clock = clock;
    this.#done = done;
    this.#beganAtMs = clock.monotonicMs();
    this.#ended = queues.map(() => null);
    for (const [place, queue] of queues.entries()) this.#delete(place, queue);
  }

  abort(): void {
    for (const sending of [...this.#open.values()]) sending.abort();
  }

  #delete(place: number, to: QueueToRead): void {
    const { name, queue, receipts } = to;
    if (receipts.length === 0) return this.#read(place, to);
    const entries = receipts.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
    this.#call(name, (done) =>
      callQueue(queue, "DeleteMessageBatch", { Entries: entries }, this.#calling, (answer) => {
        // An entry that failed is a receipt whose time is over: the message comes again, is known, and is deleted then.
        if (answer.kind === "done") done(() => this.#read(place, to));
        else done(() => this.#end(place, { name, read: answer, deleted: false }));
      }),
    );
  }

  #read(place: number, { name, queue }: QueueToRead): void {
    const input = {
      MaxNumberOfMessages: pageSize,
      VisibilityTimeout: visibilityMs / 1_000,
      WaitTimeSeconds: Math.floor(Math.min(longestWaitMs, this.#calling.timeoutMs / 2) / 1_000),
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    this.#call(name, (done) =>
      callQueue(queue, "ReceiveMessage", input, this.#calling, (answer) => {
        done(() => this.#end(place, { name, read: messagesIn(answer), deleted: true }));
      }),
    );
  }

  /** Keeps the open call of each queue, so that all can be ended. */
  #call(name: string, start: (done: Done<() => void>) => Sending): void {
    let answered = false;
    const sending = start((next) => {
      answered = true;
      this.#open.delete(name);
      next();
    });
    if (!answered) this.#open.set(name, sending);
  }

  get #calling(): Calling {
    const { timeoutMs, mayWrite } = this.#reading;
    const leftMs = Math.max(1, timeoutMs - (this.#clock.monotonicMs() - this.#beganAtMs));
    return { clock: this.#clock, timeoutMs: leftMs, mayWrite };
  }

  #end(place: number, ended: Ended): void {
    this.#ended[place] = ended;
    const all = this.#ended.filter((one) => one !== null);
    const [chosen] = all;
    if (all.length < this.#ended.length || chosen === undefined) return;
    const deleted = all.every((one) => one.deleted);
    if (chosen.read.kind === "failed") this.#done({ ...readsNothing(chosen.read.judgement), page: null }, deleted);
    else this.#done(this.#answer(all), deleted);
  }

  #answer(all: readonly Ended[]): ReadAnswer {
    const receipts: Record<string, readonly string[]> = {};
    const inputs: AcceptInput[] = [];
    const troubles: string[] = [];
    for (const { name, read } of all) {
      if (read.kind === "failed") {
        troubles.push(`${name}: ${read.judgement.reason}`);
        continue;
      }
      const { taken, left } = this.#inputsOf(name, read.messages);
      if (left > 0) troubles.push(`${name}: ${left} too large, left in the queue`);
      if (taken.length > 0) receipts[name] = taken.map(({ receipt }) => receipt);
      inputs.push(...taken.map(({ input }) => input));
    }
    return {
      verdict: "delivered",
      against: "nobody",
      sent: true,
      waitMs: null,
      reason: troubles.length === 0 ? "read" : `read; ${troubles.join("; ")}`,
      page: { inputs, cursor: nextCursor(receipts), more: inputs.length > 0 },
    };
  }

  #inputsOf(site: string, messages: readonly Received[]) {
    const receivedAt = new Date(this.#clock.wallMs()).toISOString();
    const all = messages.map((message) => ({
      input: this.#inputOf(message, { site, receivedAt }),
      receipt: message.receipt,
    }));
    // What no store takes would hold everything up. In the queue their own dead-letter rule finds it.
    const taken = all.filter(({ input }) => Buffer.byteLength(input.payload) <= longestPayload);
    return { taken, left: all.length - taken.length };
  }
}

/** null: nothing is to be deleted, so that what was read before still says where it stands. */
const nextCursor = (receipts: Receipts): string | null =>
  Object.keys(receipts).length === 0 ? null : cursorOf(receipts);

/** Nothing of ours is refused by a queue that is read: what is wrong is how we ask. */
const readsNothing = (judgement: Judgement): Judgement =>
  judgement.against === "event" ? { ...judgement, against: "us" } : judgement;
