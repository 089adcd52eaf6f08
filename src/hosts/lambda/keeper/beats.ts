import type { Item, Table } from "../../../aws/dynamo/table.ts";
import type { Clock } from "../../../core/ports.ts";
import { beatKey } from "../../../journal/dynamo/heartbeats.ts";

/** What the keeper of a region tells all others, again and again. */
export interface Beat {
  /** Rises with each: the wall clock of the region when it was told, ms. */
  readonly n: number;
  /** The last that was heard of each other region. */
  readonly heard: Readonly<Record<string, number>>;
}

export const beatOf = ({ attributes }: Item): Beat => ({
  n: Number(attributes.n),
  heard: JSON.parse(String(attributes.heard ?? "{}")) as Beat["heard"],
});

export interface BeatsOptions {
  readonly region: string;
  readonly others: readonly string[];
  /** Replicated. */
  readonly table: Table;
  readonly clock: Clock;
  readonly ttlMs: number;
}

/** The heartbeats of all regions: who is there, and who hears whom. */
export class Beats {
  readonly #options: BeatsOptions;
  readonly #last = new Map<string, { readonly beat: Beat; readonly since: number }>();
  readonly #begunAt: number;
  #n = 0;
  #busy = false;

  constructor(options: BeatsOptions) {
    this.#options = options;
    this.#begunAt = options.clock.monotonicMs();
  }

  /** Hears the others, and tells them. */
  beat(done: () => void = () => undefined): void {
    if (this.#busy) return done();
    this.#busy = true;
    const { table, others } = this.#options;
    table.get(others.map(beatKey), false, (got) => {
      if (got.kind === "got") {
        for (const [at, item] of got.items.entries()) if (item !== null) this.#heard(others[at] ?? "", beatOf(item));
      }
      this.#tell(() => {
        this.#busy = false;
        done();
      });
    });
  }

  /** For how long nothing new was heard of a region, in milliseconds; since this process began at most. */
  silentMs(region: string): number {
    return this.#options.clock.monotonicMs() - (this.#last.get(region)?.since ?? this.#begunAt);
  }

  /** Whether a region has told lately that it heard of this one lately. */
  hearsUs(region: string): boolean {
    const { region: self, clock, ttlMs } = this.#options;
    const heard = this.#last.get(region)?.beat.heard[self] ?? 0;
    return this.silentMs(region) < ttlMs && clock.wallMs() - heard < ttlMs;
  }

  #heard(region: string, beat: Beat): void {
    if (this.#last.get(region)?.beat.n === beat.n) return;
    this.#last.set(region, { beat, since: this.#options.clock.monotonicMs() });
  }

  #tell(done: () => void): void {
    const { region, table, clock } = this.#options;
    const at = clock.wallMs();
    this.#n = Math.max(this.#n + 1, at);
    const heard = Object.fromEntries([...this.#last].map(([name, { beat }]) => [name, beat.n]));
    table.put({ ...beatKey(region), attributes: { n: this.#n, at, heard: JSON.stringify(heard) } }, null, done);
  }
}
