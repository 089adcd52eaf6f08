import type { Clock } from "../../core/ports.ts";
import type { Table } from "./table.ts";

export interface RestingTableOptions {
  readonly table: Pick<Table, "put">;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly restMs: number;
}

/**
 * A table that may be away: after a write that was not answered it is not asked for a while, and fails at once, so that not
 * everything that is to be written waits for it.
 */
export class RestingTable implements Pick<Table, "put"> {
  readonly #options: RestingTableOptions;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: RestingTableOptions) {
    this.#options = options;
  }

  put(...[item, condition, done]: Parameters<Table["put"]>): void {
    const { table, clock, restMs } = this.#options;
    if (clock.monotonicMs() < this.#restsUntil) {
      return done({ kind: "failed", reason: "silent", detail: "it did not answer lately, and was not asked" });
    }
    table.put(item, condition, (written) => {
      if (written.kind === "failed" && written.reason === "silent") this.#restsUntil = clock.monotonicMs() + restMs;
      done(written);
    });
  }
}
