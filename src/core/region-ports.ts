import type { DutiesConfig, LeasesOfDuties } from "./duties.ts";
import type { RegionPolicy } from "./policy.ts";
import type { Clock, Journal, Observer, Peers, Random, Source, Taker, Translator, Voter } from "./ports.ts";

export interface RegionConfig extends DutiesConfig {
  readonly environment: string;
  /** Default: `regionPolicy`. */
  readonly policy?: RegionPolicy;
  /**
   * `process` (default): the journal is this process's own, and other regions acknowledge what they pulled. `shared`: one
   * that several processes of the region write to and that outlives them: it keeps the incarnation, and where a
   * connector asks for `replicated` an entry is in another region before it is here.
   */
  readonly store?: "process" | "shared";
}

export interface RegionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly voters: readonly Voter[];
  readonly peers: Peers;
  readonly translator: Translator;
  readonly observer: Observer;
  /**
   * Leases of duties that another process asks the voters for. Default: this process asks, and renews, by itself. A
   * connector lent for a link is asked for here in any case.
   */
  readonly leases?: LeasesOfDuties;
  /** Where a connector hands its entries to: its driver, or the hub. */
  taker(connector: string): Taker;
  /** Where a connector that polls reads from: its driver. */
  source(connector: string): Source;
}
