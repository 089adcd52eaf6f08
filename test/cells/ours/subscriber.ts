// A system of ours that takes what partners gave: it reads every region's hub, and knows what it has had already.
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { Write } from "../ledger.ts";
import { type RegionName, regionNames } from "../network/regions.ts";
import type { HubAccess } from "./publisher.ts";

const page = z.object({
  cursor: z.string(),
  events: z.array(z.looseObject({ type: z.string(), data: z.unknown() })),
});
const data = z.looseObject({ n: z.int(), key: z.string() });

const waitMs = 2_000;
const answerMs = 3_000;
const pauseMs = 100;

export class Subscriber {
  readonly #hubs: HubAccess;
  readonly #write: Write;
  readonly #had = new Set<string>();
  readonly #ending = new AbortController();
  #reading: readonly Promise<void>[] = [];

  constructor(hubs: HubAccess, write: Write) {
    this.#hubs = hubs;
    this.#write = write;
  }

  run(): void {
    this.#reading = regionNames.map((region) => this.#read(region));
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#reading);
  }

  async #read(region: RegionName): Promise<void> {
    let cursor: string | null = null;
    while (!this.#ending.signal.aborted) {
      const got = await this.#page(region, cursor);
      if (got === null) await wait(pauseMs);
      else {
        cursor = got.cursor;
        for (const { type, data: given } of got.events) this.#take(region, type, given);
      }
    }
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

  async #page(region: RegionName, cursor: string | null): Promise<z.output<typeof page> | null> {
    const query = new URLSearchParams({
      limit: "500",
      waitMs: String(waitMs),
      ...(cursor === null ? {} : { after: cursor }),
    });
    try {
      const answer = await fetch(`${this.#hubs.urls[region]}/hub/events?${query}`, {
        headers: { authorization: `Bearer ${this.#hubs.token(region)}` },
        signal: AbortSignal.any([AbortSignal.timeout(waitMs + answerMs), this.#ending.signal]),
      });
      return answer.ok ? page.parse(await answer.json()) : null;
    } catch {
      return null;
    }
  }
}
