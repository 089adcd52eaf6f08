// Role send, seen from the partner: a system of a site reads the site's own queue, and hands each message to the taker.
import { setTimeout as wait } from "node:timers/promises";
import type { Message } from "@aws-sdk/client-sqs";
import type { Region } from "./cloud.ts";

/** What a message says: the number in the identity that we gave it, its key, and what the service called it. */
export interface Said {
  readonly n: number;
  readonly key: number;
  readonly id: string;
}

export interface TakingOptions {
  readonly region: Region;
  /** Url of the queue. */
  readonly queue: string;
  readonly isUp: () => boolean;
  /** @throws where it is no message of ours */
  readonly read: (message: Message) => Said;
  readonly take: (said: Said) => Promise<void>;
}

const pauseMs = 50;

export class Taking {
  readonly #options: TakingOptions;
  /** What the queue gives again, since deleting it came to nothing, is one message. */
  readonly #had = new Set<string>();
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: TakingOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** What lies in the queue is gone with the site. */
  lose(): Promise<void> {
    const { region, queue } = this.#options;
    return region.purge(queue);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { isUp, region, queue } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        if (isUp()) await this.#take(await region.receive(queue, signal));
        else await wait(pauseMs, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #take(messages: readonly Message[]): Promise<void> {
    const { isUp, region, queue, read, take } = this.#options;
    for (const message of messages) {
      const { MessageId = "" } = message;
      // A site that was stopped while it waited has taken nothing: it lies in the queue, or is lost with it.
      if (!isUp()) return;
      if (!this.#had.has(MessageId)) await take(read(message));
      this.#had.add(MessageId);
      await region.remove(queue, [message]);
    }
  }
}
