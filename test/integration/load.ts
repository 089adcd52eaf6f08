// Everybody who never rests while regions come and go: a giver, a partner that is read, and readers of a feed.
import { type Environment, readerTokens } from "./environment.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives orders without rest, each until one of the regions acknowledged it. */
export class Giver {
  readonly acknowledged: string[] = [];
  readonly #environment: Environment;
  #regions: readonly string[];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(environment: Environment, regions: readonly string[]) {
    this.#environment = environment;
    this.#regions = regions;
  }

  start(): void {
    this.#running = this.#run();
  }

  to(regions: readonly string[]): void {
    this.#regions = regions;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let number = 0; !this.#stopped; number += 1) {
      const order = `o-${number}`;
      for (let attempt = number; !(await this.#give(order, attempt)); attempt += 1) {
        if (this.#stopped) return;
      }
      this.acknowledged.push(order);
    }
  }

  async #give(order: string, attempt: number): Promise<boolean> {
    const region = this.#regions[attempt % this.#regions.length] ?? "";
    const answer = await this.#environment
      .gateway(region)
      .give(order, { order })
      .catch(() => null);
    // Gently: one at a time, and not at once again to one that is being restarted.
    await pause(20);
    return answer?.status === 202;
  }
}

/** A partner that has something new all the time. */
export class Placer {
  readonly placed: string[] = [];
  readonly #environment: Environment;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const order = `m-${this.placed.length}`;
      this.#environment.market.place(order);
      this.placed.push(order);
      await pause(100);
    }
  }
}

/** Reads the feed at one region after the other, each time from the cursor that it got last. */
export class Reader {
  /** Ids of the events that it was given, in order. */
  readonly ids: string[] = [];
  readonly #environment: Environment;
  readonly #name: keyof typeof readerTokens;
  #regions: readonly string[];
  #cursor: string | null = null;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(environment: Environment, name: keyof typeof readerTokens, regions: readonly string[]) {
    this.#environment = environment;
    this.#name = name;
    this.#regions = regions;
  }

  start(): void {
    this.#running = this.#run();
  }

  to(regions: readonly string[]): void {
    this.#regions = regions;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      await this.#read(this.#regions[turn % this.#regions.length] ?? "");
      await pause(150);
    }
  }

  async #read(region: string): Promise<void> {
    const { publicUrl } = this.#environment.gateway(region);
    const query = this.#cursor === null ? "from=earliest" : `cursor=${this.#cursor}`;
    const headers = { authorization: `Bearer ${readerTokens[this.#name][0]}` };
    const response = await fetch(`${publicUrl}/orders-feed?${query}`, { headers }).catch(() => null);
    const body = await response?.json().catch(() => null);
    if (response?.status !== 200 || !Array.isArray(body)) return;
    this.ids.push(...body.map(({ id }: { id: string }) => id));
    this.#cursor = response.headers.get("isthmus-cursor");
  }
}
