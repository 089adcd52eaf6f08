// A system of ours that takes what partners gave: it reads every region's hub, and knows what it has had already.
import * as z from "zod";
import type { Write } from "../ledger.ts";
import { type RegionName, regionNames } from "../network/regions.ts";
import type { Hub } from "../platform.ts";

const data = z.looseObject({ n: z.int(), key: z.string() });

export class Subscriber {
  readonly #hub: Hub;
  readonly #write: Write;
  readonly #had = new Set<string>();
  readonly #ending = new AbortController();
  #reading: readonly Promise<void>[] = [];

  constructor(hub: Hub, write: Write) {
    this.#hub = hub;
    this.#write = write;
  }

  run(): void {
    this.#reading = regionNames.map((region) =>
      this.#hub.read(region, (type, given) => this.#take(region, type, given), this.#ending.signal),
    );
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#reading);
  }

  #take(region: RegionName, type: string, given: unknown): void {
    const [cell = "", what] = type.split(".");
    const read = data.safeParse(given);
    if (what !== "given" || !read.success) return;
    const { n } = read.data;
    const identity = `${cell} ${n}`;
    const known = this.#had.has(identity);
    this.#had.add(identity);
    const key = Number(read.data.key.slice(1));
    this.#write({ cell, what: known ? "again" : "effect", n, key, place: `hub.${region}` });
  }
}
