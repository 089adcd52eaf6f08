// The giver: GitHub as it should behave. Signs, gives in order per repository, waits for each acknowledgement,
// and goes to the other region after anything but a 2xx. Its own ledger says what was acknowledged, by whom, when.
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { sign } from "@octokit/webhooks-methods";
import type { Delivery } from "./payloads.ts";

export interface Attempt {
  readonly region: string;
  /** Milliseconds since 1970, here and below. */
  readonly startedAt: number;
  /** Status of the answer, or why there was none. */
  readonly result: number | string;
}

export interface Given extends Omit<Delivery, "body"> {
  readonly attempts: readonly Attempt[];
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
}

export interface GiverOptions {
  /** Where each region takes messages, for example `http://127.0.0.1:7410/github-pushes`; the first is tried first. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly ratePerSecond: number;
  /** Milliseconds for one attempt. @default 5000 */
  readonly attemptTimeoutMs?: number;
  /** Milliseconds between two attempts. @default 100 */
  readonly pauseMs?: number;
  /** Milliseconds after which a delivery is given up. @default 120000 */
  readonly giveUpAfterMs?: number;
  /** JSON lines, one for each delivery that came to its end. */
  readonly ledger?: string;
}

export class Giver {
  readonly #options: Required<Omit<GiverOptions, "ledger">> & Pick<GiverOptions, "ledger">;
  readonly #regions: readonly string[];
  readonly #records: Given[] = [];
  readonly #lanes = new Map<string, Promise<unknown>>();
  readonly #regionOf = new Map<string, string>();
  readonly #stop = new AbortController();
  #rate: number;
  #nextSlot = 0;

  constructor(options: GiverOptions) {
    this.#options = { attemptTimeoutMs: 5_000, pauseMs: 100, giveUpAfterMs: 120_000, ...options };
    this.#regions = Object.keys(options.endpoints);
    this.#rate = options.ratePerSecond;
    if (options.ledger !== undefined) mkdirSync(dirname(options.ledger), { recursive: true });
  }

  /** What was given and came to its end, in the order of the ends: within a key, the order of giving. */
  get records(): readonly Given[] {
    return this.#records;
  }

  set ratePerSecond(rate: number) {
    this.#rate = rate;
    this.#nextSlot = 0;
  }

  /** Gives all; resolves when each was acknowledged or given up. Deliveries of one key go one after the other. */
  async give(deliveries: readonly Delivery[]): Promise<void> {
    await Promise.all(
      deliveries.map((delivery, index) => {
        const lane = delivery.key ?? delivery.id;
        const before = this.#lanes.get(lane) ?? Promise.resolve();
        if (!this.#regionOf.has(lane)) this.#regionOf.set(lane, this.#regions[index % this.#regions.length] ?? "");
        const done = before.then(() => this.#giveOne(delivery, lane));
        this.#lanes.set(lane, done);
        return done;
      }),
    );
  }

  /** Gives the deliveries of this key at this region from now on, as long as it acknowledges. */
  assign(key: string, region: string): void {
    this.#regionOf.set(key, region);
  }

  /** Gives up what is not acknowledged yet. */
  stop(): void {
    this.#stop.abort();
  }

  async #giveOne(delivery: Delivery, lane: string): Promise<void> {
    const { body: _, ...facts } = delivery;
    const attempts: Attempt[] = [];
    const until = Date.now() + this.#options.giveUpAfterMs;
    let acknowledged: { by: string; at: number } | null = null;
    await this.#slot();
    while (acknowledged === null && Date.now() < until && !this.#stop.signal.aborted) {
      const region = this.#regionOf.get(lane) ?? "";
      const attempt = await this.#attempt(delivery, region);
      attempts.push(attempt);
      if (typeof attempt.result === "number" && attempt.result >= 200 && attempt.result < 300) {
        acknowledged = { by: region, at: Date.now() };
      } else {
        this.#regionOf.set(lane, this.#after(region));
        await wait(this.#options.pauseMs);
      }
    }
    this.#record({
      ...facts,
      attempts,
      acknowledgedBy: acknowledged?.by ?? null,
      acknowledgedAt: acknowledged?.at ?? null,
    });
  }

  #record(given: Given): void {
    this.#records.push(given);
    if (this.#options.ledger !== undefined) appendFileSync(this.#options.ledger, `${JSON.stringify(given)}\n`);
  }

  async #attempt(delivery: Delivery, region: string): Promise<Attempt> {
    const startedAt = Date.now();
    try {
      const answer = await fetch(this.#options.endpoints[region] ?? "", {
        method: "POST",
        body: delivery.body,
        headers: {
          "content-type": "application/json",
          "user-agent": "GitHub-Hookshot/drill",
          "x-github-event": delivery.event,
          "x-github-delivery": delivery.id,
          traceparent: traceOf(delivery.id),
          "x-hub-signature-256": await sign(this.#options.secret, delivery.body),
        },
        signal: AbortSignal.timeout(this.#options.attemptTimeoutMs),
      });
      await answer.arrayBuffer();
      return { region, startedAt, result: answer.status };
    } catch (error) {
      return { region, startedAt, result: reasonOf(error) };
    }
  }

  #after(region: string): string {
    return this.#regions[(this.#regions.indexOf(region) + 1) % this.#regions.length] ?? region;
  }

  /** Paces all lanes together. */
  async #slot(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.#nextSlot);
    this.#nextSlot = at + 1_000 / this.#rate;
    if (at > now) await wait(at - now);
  }
}

/** A W3C trace of each delivery's own: it must come out at the taker. */
function traceOf(id: string): string {
  const hex = id.replaceAll("-", "");
  return `00-${hex}-${hex.slice(0, 16)}-01`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause: unknown = error.cause;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return error.name === "TimeoutError" ? "timeout" : error.message;
}
