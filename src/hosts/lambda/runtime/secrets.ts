import type { AwsClient } from "../../../aws/client.ts";
import { readSecret } from "../../../aws/secrets.ts";
import type { Clock, Timer } from "../../../core/ports.ts";
import type { Secrets } from "../../../drivers/port.ts";
import type { Log } from "./log.ts";

/** A value is read again after this long. Milliseconds. */
const freshMs = 60_000;
/** What is known is not waited for longer than this, and after a failure not asked for again for the other. Milliseconds. */
const patienceMs = 500;
const restMs = 5_000;

export interface SecretsOptions {
  readonly client: AwsClient;
  readonly region: string;
  readonly prefix: string;
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

interface Known {
  /** null: it was never read. */
  readonly values: readonly string[] | null;
  /** Monotonic, ms. */
  readonly readAt: number;
  /** When reading it is tried again at the earliest. Monotonic, ms. */
  readonly againAt: number;
}
const unread: Known = { values: null, readAt: Number.NEGATIVE_INFINITY, againAt: Number.NEGATIVE_INFINITY };

/**
 * The secrets of a function, read before they are asked for: drivers ask in the middle of their work and cannot wait. A
 * value that cannot be read again stays as it was.
 */
export class HeldSecrets {
  readonly #options: SecretsOptions;
  readonly #known = new Map<string, Known>();
  #watch: Timer | null = null;

  constructor(options: SecretsOptions) {
    this.#options = options;
  }

  readonly of: Secrets = (name) => this.#of(name).values ?? [];

  /**
   * Reads what was read longer ago.
   *
   * @param maxAgeMs default: a minute
   * @returns whether each has been read at least once; without one of them nothing can be proved or signed
   */
  async refresh(maxAgeMs = freshMs): Promise<boolean> {
    const { names, clock } = this.#options;
    const now = clock.monotonicMs();
    const due = names.filter((name) => {
      const { readAt, againAt } = this.#of(name);
      return now - readAt >= maxAgeMs && now >= againAt;
    });
    const reading = Promise.all(due.map((name) => this.#read(name)));
    await (due.some((name) => this.#of(name).values === null) ? reading : this.#within(patienceMs, reading));
    return names.every((name) => this.#of(name).values !== null);
  }

  /** Reads them again and again, for a call that lasts. */
  watch(): void {
    const watch = this.#options.clock.after(freshMs, () => {
      void this.refresh().then(() => {
        if (this.#watch === watch) this.watch();
      });
    });
    this.#watch = watch;
  }

  unwatch(): void {
    this.#watch?.cancel();
    this.#watch = null;
  }

  async #read(name: string): Promise<void> {
    const { client, region, prefix, clock, log } = this.#options;
    const readAt = clock.monotonicMs();
    this.#known.set(name, { ...this.#of(name), againAt: readAt + restMs });
    const read = await readSecret(client, region, prefix + name, clock.wallMs());
    if (read.kind === "read") this.#known.set(name, { values: read.values, readAt, againAt: readAt });
    else log.warn("a secret could not be read", { secret: name, reason: read.reason });
  }

  #within(ms: number, work: Promise<unknown>): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(ms, resolve);
    return Promise.race([promise, work.finally(() => timer.cancel())]);
  }

  #of(name: string): Known {
    return this.#known.get(name) ?? unread;
  }
}
