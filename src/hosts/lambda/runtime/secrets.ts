import type { AwsClient } from "../../../aws/client.ts";
import { readSecret } from "../../../aws/secrets.ts";
import type { Clock, Timer } from "../../../core/ports.ts";
import type { Secrets } from "../../../drivers/port.ts";
import type { Log } from "./log.ts";

/** A value is read again after this long. Milliseconds. */
const freshMs = 60_000;

export interface SecretsOptions {
  readonly client: AwsClient;
  readonly region: string;
  readonly prefix: string;
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

interface Known {
  readonly values: readonly string[];
  /** Monotonic, ms. */
  readonly readAt: number;
}

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

  readonly of: Secrets = (name) => this.#known.get(name)?.values ?? [];

  /**
   * Reads what was read longer ago.
   *
   * @param maxAgeMs default: a minute
   * @returns whether each has been read at least once; without one of them nothing can be proved or signed
   */
  async refresh(maxAgeMs = freshMs): Promise<boolean> {
    const { names, clock } = this.#options;
    const now = clock.monotonicMs();
    const old = names.filter((name) => now - (this.#known.get(name)?.readAt ?? Number.NEGATIVE_INFINITY) >= maxAgeMs);
    await Promise.all(old.map((name) => this.#read(name)));
    return names.every((name) => this.#known.has(name));
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
    const read = await readSecret(client, region, prefix + name, clock.wallMs());
    if (read.kind === "read") this.#known.set(name, { values: read.values, readAt });
    else log.warn("a secret could not be read", { secret: name, reason: read.reason, known: this.#known.has(name) });
  }
}
