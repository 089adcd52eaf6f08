import { setTimeout as wait } from "node:timers/promises";
import type { AwsClient } from "../../../aws/client.ts";
import { type Invoked, invokeLater } from "../../../aws/functions.ts";

/** Starts functions; whether one is needed it sees for itself, so that nothing hangs on one call. */
export interface Wake {
  /** The engine of a connector. */
  engine(connector: string): void;
  /** The next keeper. */
  keeper(): void;
}

export interface LambdaWakeOptions {
  readonly client: AwsClient;
  readonly region: string;
  /** The dispatch function of each connector. */
  readonly engines: Readonly<Record<string, string>>;
  readonly keeper: string;
  failed(name: string): void;
}

/** Pauses before a call is made again while Lambda is busy, which it is for some seconds at times. Milliseconds. */
const pausesMs = [500, 1_000, 2_000, 4_000];

/** Invokes functions without waiting for what they do. */
export class LambdaWake implements Wake {
  readonly #options: LambdaWakeOptions;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: LambdaWakeOptions) {
    this.#options = options;
  }

  engine(connector: string): void {
    const name = this.#options.engines[connector];
    if (name !== undefined) this.#invoke(name);
  }

  keeper(): void {
    this.#invoke(this.#options.keeper);
  }

  /** All calls that were made have ended. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #invoke(name: string): void {
    const call = this.#untilTaken(name).finally(() => this.#underWay.delete(call));
    this.#underWay.add(call);
  }

  async #untilTaken(name: string): Promise<void> {
    const { client, region, failed } = this.#options;
    const once = (): Promise<Invoked> => invokeLater(client, { region, name, timeoutMs: 2_000 });
    let invoked = await once();
    for (const pauseMs of pausesMs) {
      if (invoked !== "busy") break;
      await wait(pauseMs);
      invoked = await once();
    }
    if (invoked !== "taken") failed(name);
  }
}
