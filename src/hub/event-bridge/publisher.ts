/** Publishes to the region's bus. It keeps no log: rules put its events into a queue for each connector that takes them. */
import type { AwsClient } from "../../aws/client.ts";
import { callJson, isBusy, type JsonAnswer } from "../../aws/json.ts";
import type { Done } from "../../core/ports.ts";
import type { HubEvent } from "../../define/spec.ts";
import type { HubPublishing, PublishResult } from "../port.ts";
import { batchesOf, type Entry, entryOf, longestEntry } from "./entries.ts";

export interface BusOptions {
  readonly client: AwsClient;
  readonly region: string;
  /** Name or ARN. */
  readonly bus: string;
  /** Of one call, in milliseconds. Default 2,000: below the margin of a lease, which may end while a call is open. */
  readonly timeoutMs?: number;
}

/** Calls for one batch in all: what the bus did not take is put again. */
const attempts = 4;
const always = (): boolean => true;

export class EventBridgePublisher implements HubPublishing {
  readonly ordered = false;
  readonly #options: BusOptions;

  constructor(options: BusOptions) {
    this.#options = options;
  }

  /**
   * All or none as far as is known: what failed is put again alone, and where that does not help all count as failed, so that
   * they are published once more. Each is then the same event.
   */
  publish(events: readonly HubEvent[], done: Done<PublishResult>, mayWrite: () => boolean = always): void {
    const entries = events.map((event) => entryOf(event, this.#options.bus));
    const large = entries.findIndex(({ bytes }) => bytes > longestEntry);
    if (large >= 0) {
      const reason = `the event ${events[large]?.id} has ${entries[large]?.bytes} bytes, and a bus takes at most ${longestEntry}`;
      return done({ kind: "failed", full: false, reason });
    }
    this.#publish(entries, mayWrite).then(
      (failure) => done(failure === null ? { kind: "published" } : { kind: "failed", full: false, reason: failure }),
      (error) => done({ kind: "failed", full: false, reason: String(error) }),
    );
  }

  /** One batch after the other, so that a bus that refuses is not asked for all of them. @returns why not; null: published */
  async #publish(entries: readonly Entry[], mayWrite: () => boolean): Promise<string | null> {
    for (const batch of batchesOf(entries)) {
      const failure = await this.#put(batch, mayWrite);
      if (failure !== null) return failure;
    }
    return null;
  }

  async #put(batch: readonly Entry[], mayWrite: () => boolean): Promise<string | null> {
    let left = batch;
    let why = "";
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (!mayWrite()) return "our lease ended before the bus took all of it";
      const answer = await this.#call(left);
      if (answer.kind === "silent") why = answer.reason;
      else if (answer.kind === "refused") {
        why = `${answer.code}: ${answer.message}`;
        if (!isBusy(answer)) return why;
      } else {
        const failed = failedOf(left, answer.output);
        if (failed === null) return "the bus's answer does not say what it took";
        if (failed.left.length === 0) return null;
        ({ left, why } = failed);
      }
    }
    return why;
  }

  #call(entries: readonly Entry[]): Promise<JsonAnswer> {
    const { client, region, timeoutMs = 2_000 } = this.#options;
    return callJson(client, {
      service: "events",
      region,
      version: "1.1",
      target: "AWSEvents.PutEvents",
      input: { Entries: entries.map(({ input }) => input) },
      timeoutMs,
      attempts: 1,
    });
  }
}

/** What of a batch the bus did not take; null: its answer does not say. */
const failedOf = (
  batch: readonly Entry[],
  output: unknown,
): { readonly left: readonly Entry[]; readonly why: string } | null => {
  const answers: unknown = Reflect.get(Object(output), "Entries");
  if (!Array.isArray(answers) || answers.length !== batch.length) return null;
  const codes = answers.map((answer): unknown => Reflect.get(Object(answer), "ErrorCode"));
  return {
    left: batch.filter((_, at) => codes[at] !== undefined && codes[at] !== null),
    why: `not taken: ${[...new Set(codes.filter((code) => typeof code === "string"))].join(", ")}`,
  };
};
