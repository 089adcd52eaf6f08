import type { ConnectorSpec } from "../define/spec.ts";
import type { PartnerHealth } from "./partner.ts";
import type { Clock, Done, Journal, Observer, OpenEntry, Random, Taker, Translator, WriteResult } from "./ports.ts";
import type { JournalName, JournalRecord, SettlementRecord } from "./records.ts";
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
  /** Numbers of a series, both ends included, did not come in time, and what follows them goes. */
  passed(connector: string, series: string, from: number, to: number): void;
  /** Whether an entry may be handed on yet: with `durability: replicated`, once another region has it. */
  releasable(spec: ConnectorSpec, entry: OpenEntry): boolean;
}

/** The hold that a dispatcher has on its duty. */
export interface DutyGrip {
  readonly duty: string;
  readonly epoch: number;
  /** Whoever acted before told nothing when it ended. */
  readonly adopted: boolean;
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

/** What is done for one connector of a duty while its lease is held. */
export interface Work {
  start(): void;
  /** The duty is over: what is under way is ended, nothing new is started; late answers are still written. */
  stop(): void;
  /** Starts nothing new and calls `done` once what is under way has ended and is written. */
  drain(done: () => void): void;
  update(spec: ConnectorSpec, paused: boolean): void;
  /** An entry just accepted here, in memory still. */
  accepted(entry: OpenEntry): void;
  /** Records that became known, from here or from a peer. */
  learned(journal: JournalName, records: readonly JournalRecord[]): void;
  /** Something that it may wait for has changed. */
  poke(): void;
}
