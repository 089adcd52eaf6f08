/** What is known of a connector's engine when it is decided whether to start one. */
export interface Sleeper {
  readonly connector: string;
  /** Nobody holds its claim. */
  readonly free: boolean;
  /** When one is to be started, at the latest. Wall clock, ms; null: when there is something new. */
  readonly wakeAt: number | null;
}

/** An engine that was started is not started again within this time: it may not have its claim yet. Milliseconds. */
const startsWithinMs = 5_000;
/** All are started so often, whatever is known of them. Milliseconds. */
const sweepEveryMs = 60_000;

/** Which engines are to be started. Times are of the wall clock, in milliseconds. */
export class Sweeps {
  readonly #connectors: readonly string[];
  readonly #startedAt = new Map<string, number>();
  #sweptAt: number;

  /** @param sweptAt when an earlier keeper swept last; 0: never */
  constructor(connectors: readonly string[], sweptAt: number) {
    this.#connectors = connectors;
    this.#sweptAt = sweptAt;
  }

  get sweptAt(): number {
    return this.#sweptAt;
  }

  /** A duty has changed hands, or time has passed: all of them. */
  all(wallMs: number): readonly string[] {
    this.#sweptAt = wallMs;
    for (const connector of this.#connectors) this.#startedAt.set(connector, wallMs);
    return this.#connectors;
  }

  due(wallMs: number, sleepers: readonly Sleeper[]): readonly string[] {
    if (wallMs - this.#sweptAt >= sweepEveryMs) return this.all(wallMs);
    const due = sleepers.filter(
      ({ connector, free, wakeAt }) =>
        free &&
        wakeAt !== null &&
        wakeAt <= wallMs &&
        this.#connectors.includes(connector) &&
        wallMs - (this.#startedAt.get(connector) ?? 0) >= startsWithinMs,
    );
    for (const { connector } of due) this.#startedAt.set(connector, wallMs);
    return due.map(({ connector }) => connector);
  }
}
