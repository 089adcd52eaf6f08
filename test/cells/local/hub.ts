// The hub that is embedded in the regions on this machine, over HTTP.
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { RegionName } from "../network/regions.ts";
import type { Hub, OurEvent } from "../platform.ts";

export interface HubAccess {
  /** Public urls of the regions. */
  readonly urls: Readonly<Record<RegionName, string>>;
  /** Asked at every call: a region that lost its disk has another. */
  readonly token: (region: RegionName) => string;
}

const page = z.object({
  cursor: z.string(),
  events: z.array(z.looseObject({ type: z.string(), data: z.unknown() })),
});
const waitMs = 2_000;
const answerMs = 3_000;
const pauseMs = 100;

export class EmbeddedHub implements Hub {
  readonly #access: HubAccess;

  constructor(access: HubAccess) {
    this.#access = access;
  }

  async publish(region: RegionName, event: OurEvent, signal: AbortSignal): Promise<boolean> {
    const { urls, token } = this.#access;
    try {
      const answer = await fetch(`${urls[region]}/hub/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${token(region)}`, "content-type": "application/cloudevents+json" },
        body: JSON.stringify(event),
        signal,
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }

  async read(region: RegionName, take: (type: string, data: unknown) => void, signal: AbortSignal): Promise<void> {
    let cursor: string | null = null;
    while (!signal.aborted) {
      const got = await this.#page(region, cursor, signal);
      if (got === null) await wait(pauseMs);
      else {
        cursor = got.cursor;
        for (const { type, data } of got.events) take(type, data);
      }
    }
  }

  async #page(region: RegionName, cursor: string | null, signal: AbortSignal): Promise<z.output<typeof page> | null> {
    const { urls, token } = this.#access;
    const query = new URLSearchParams({
      limit: "500",
      waitMs: String(waitMs),
      ...(cursor === null ? {} : { after: cursor }),
    });
    try {
      const answer = await fetch(`${urls[region]}/hub/events?${query}`, {
        headers: { authorization: `Bearer ${token(region)}` },
        signal: AbortSignal.any([AbortSignal.timeout(waitMs + answerMs), signal]),
      });
      return answer.ok ? page.parse(await answer.json()) : null;
    } catch {
      return null;
    }
  }
}
