import type { DutiesConfig } from "./duties.ts";
import type { RegionPolicy } from "./policy.ts";
import type { Clock, Journal, Observer, Peers, Random, Source, Taker, Translator, Voter } from "./ports.ts";

export interface RegionConfig extends DutiesConfig {
  readonly environment: string;
  /** Default: `regionPolicy`. */
  readonly policy?: RegionPolicy;
}

export interface RegionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly voters: readonly Voter[];
  readonly peers: Peers;
  readonly translator: Translator;
  readonly observer: Observer;
  /** Where a connector hands its entries to: its driver, or the hub. */
  taker(connector: string): Taker;
  /** Where a connector that polls reads from: its driver. */
  source(connector: string): Source;
}
