// A system of ours that publishes: key by key in order, at one region's hub, at the other's where that does not answer.
import { setTimeout as wait } from "node:timers/promises";
import type { Write } from "../ledger.ts";
import { otherRegion, type RegionName } from "../network/regions.ts";
import type { Hub } from "../platform.ts";

export interface Made {
  readonly n: number;
  readonly key: number;
  readonly ballast: string;
}

const timeoutMs = 3_000;
const pauseMs = 100;

export class Publisher {
  readonly #hub: Hub;
  readonly #firstRegion: (key: number) => RegionName;
  readonly #write: Write;
  readonly #lanes = new Map<string, Promise<unknown>>();
  readonly #regionOf = new Map<string, RegionName>();
  readonly #ending = new AbortController();
  #open = 0;

  constructor(hub: Hub, firstRegion: (key: number) => RegionName, write: Write) {
    this.#hub = hub;
    this.#firstRegion = firstRegion;
    this.#write = write;
  }

  publish(cell: string, made: Made): void {
    const lane = `${cell}/${made.key}`;
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    this.#open += 1;
    const done = before.then(() => this.#publish(cell, lane, made));
    this.#lanes.set(
      lane,
      done.then(() => {
        this.#open -= 1;
      }),
    );
  }

  goHome(): void {
    this.#regionOf.clear();
  }

  /** Whether everything was acknowledged. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  close(): void {
    this.#ending.abort();
  }

  async #publish(cell: string, lane: string, made: Made): Promise<void> {
    const { n, key } = made;
    let tried: RegionName | null = null;
    while (!this.#ending.signal.aborted) {
      const region = this.#regionOf.get(lane) ?? this.#firstRegion(key);
      if (tried !== region) this.#write({ cell, what: tried === null ? "given" : "tried", n, key, place: region });
      tried = region;
      if (await this.#post(region, cell, made)) {
        this.#write({ cell, what: "acknowledged", n, key, place: region });
        return;
      }
      this.#regionOf.set(lane, otherRegion(region));
      await wait(pauseMs);
    }
  }

  #post(region: RegionName, cell: string, { n, key, ballast }: Made): Promise<boolean> {
    const event = {
      specversion: "1.0",
      type: `${cell}.asked`,
      source: "/cells",
      id: `${cell}-${n}`,
      time: new Date().toISOString(),
      partitionkey: `k${key}`,
      datacontenttype: "application/json",
      data: { n, key: `k${key}`, ballast },
    };
    return this.#hub.publish(region, event, AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#ending.signal]));
  }
}
