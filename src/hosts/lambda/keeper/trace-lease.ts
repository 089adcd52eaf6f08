import type { Table } from "../../../aws/dynamo/table.ts";
import type { KeptLeaseListener } from "../../../core/duties.ts";
import { elapsedMs, type Moment, momentOf } from "../../../core/grants.ts";
import type { DutyLease } from "../../../core/lease.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import { type DutyRow, dutyKey, dutyRowOf } from "../lease/duty-row.ts";

export interface TraceLeaseOptions {
  readonly duty: string;
  /** Of the region, not replicated. */
  readonly table: Table;
  readonly clock: Clock;
}

interface Held {
  readonly row: DutyRow;
  /** Of the read. */
  readonly start: Moment;
}

/** The lease that the region's keeper publishes, for one trace: it claims nothing, since a trace goes to nobody. */
export class TraceLease implements DutyLease {
  readonly #options: TraceLeaseOptions;
  readonly #listener: KeptLeaseListener;
  readonly wanted = false;
  #held: Held | null = null;

  constructor(options: TraceLeaseOptions, listener: KeptLeaseListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get epoch(): number | null {
    return this.#held?.row.epoch ?? null;
  }

  isLent(_connector: string): boolean {
    return false;
  }

  lend(_connector: string, done: Done<boolean>): void {
    done(false);
  }

  holds(): boolean {
    return this.remainingMs() > 0;
  }

  remainingMs(): number {
    if (this.#held === null) return 0;
    const { row, start } = this.#held;
    return Math.max(0, row.until - start.wall - elapsedMs(start, this.#options.clock));
  }

  seek(): void {
    const { duty, table, clock } = this.#options;
    const start = momentOf(clock);
    table.get([dutyKey(duty)], true, (got) => {
      const item = got.kind === "got" ? (got.items[0] ?? null) : null;
      if (item === null) return;
      const row = dutyRowOf(item);
      this.#held = { row, start };
      if (row.recalled || !this.holds()) this.#held = null;
      else this.#listener.acquired(row.epoch, null, 0);
    });
  }

  stop(): void {
    this.#held = null;
  }

  release(): void {
    this.#held = null;
  }

  forgo(): void {
    const { epoch } = this;
    this.#held = null;
    if (epoch !== null) this.#listener.lapsed(epoch);
  }
}
