import type { ConnectorSpec } from "../define/spec.ts";
import type { PartnerHealth } from "./partner.ts";
import type { Clock, Done, Journal, Observer, OpenEntry, Random, Taker, Translator, WriteResult } from "./ports.ts";
import type { JournalRecord, SettlementRecord } from "./records.ts";
import type { ChosenSite } from "./sites.ts";

/** What a dispatcher needs of the region around it. */
export interface DispatchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly translator: Translator;
  readonly taker: Taker;
  readonly health: PartnerHealth;
  readonly observer: Observer;
  /** Writes to the own journal and tells the rest of the region. */
  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void;
  chooseSite(spec: ConnectorSpec, key: string): ChosenSite;
  /** Whether an entry may be handed on yet: with `durability: replicated`, once another region has it. */
  releasable(spec: ConnectorSpec, entry: OpenEntry): boolean;
}

/** The hold that a dispatcher has on its duty. */
export interface DutyGrip {
  readonly duty: string;
  readonly epoch: number;
  /** Whether effects may start, now. */
  holds(): boolean;
  /** Whether a former holder of the duty may have sent this entry. */
  isSuspect(entry: OpenEntry): boolean;
  isUndone(connector: string, settlement: SettlementRecord): boolean;
}

export interface DispatchRules {
  /** Entries in memory per duty and connector. */
  readonly window: number;
  /** Of these, entries of one key. */
  readonly laneWindow: number;
  /** Entries between their start and their settlement, at once. */
  readonly underWay: number;
  /** Pause after a write that the store refused, in milliseconds. */
  readonly storeRetryMs: number;
}
