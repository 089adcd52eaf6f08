import type { Table } from "../../../aws/dynamo/table.ts";
import type { LeasesOfDuties } from "../../../core/duties.ts";
import { momentOf } from "../../../core/grants.ts";
import type { Clock, Timer } from "../../../core/ports.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import { type DutyRow, dutyPk, dutyRowOf, mostDuties } from "./duty-row.ts";
import type { EngineClaim } from "./engine-claim.ts";
import { KeptLease } from "./kept-lease.ts";

export interface KeptLeasesOptions {
  /** Of the region, not replicated. */
  readonly table: Table;
  /** Taken. */
  readonly claim: EngineClaim;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
}

/** How often what the keeper publishes is read. */
const lookEveryMs = ({ ttlMs }: LeaseTimings): number => Math.min(1_000, Math.max(200, ttlMs / 10));

/**
 * The leases that the region's keeper holds, for an engine: it acts for a duty while the keeper says so, and while it has
 * its connector's claim.
 */
export class KeptLeases {
  readonly #options: KeptLeasesOptions;
  readonly #leases = new Map<string, KeptLease>();
  #timer: Timer | null = null;
  #reading = false;
  #stopped = false;

  constructor(options: KeptLeasesOptions) {
    this.#options = options;
  }

  /** For `RegionPorts.leases`. */
  readonly of: LeasesOfDuties = (duty, listener) => {
    const { claim, clock } = this.#options;
    const lease = new KeptLease({ duty, claim, clock, look: () => this.#look() }, listener);
    this.#leases.set(duty, lease);
    return lease;
  };

  /** Reads no more. Before the claim is released. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    for (const lease of this.#leases.values()) lease.stop();
  }

  #look(): void {
    if (this.#reading || this.#stopped) return;
    this.#timer?.cancel();
    this.#reading = true;
    const { table, clock, timings } = this.#options;
    const start = momentOf(clock);
    table.query({ pk: dutyPk, limit: mostDuties, consistent: true }, (read) => {
      this.#reading = false;
      if (this.#stopped) return;
      this.#timer = clock.after(lookEveryMs(timings), () => this.#look());
      if (read.kind === "failed") return;
      const rows = new Map(read.items.map(dutyRowOf).map((row): [string, DutyRow] => [row.duty, row]));
      for (const [duty, lease] of this.#leases) lease.saw(rows.get(duty) ?? null, start);
    });
  }
}
