import type { Clock, Journal, Observer, Timer } from "./ports.ts";
import { journalParts, type Vector } from "./records.ts";
import type { Replication } from "./replication.ts";
import type { LeaseTimings } from "./timings.ts";
import { journalsIn, positionOf } from "./vector.ts";

export interface StarterPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly observer: Observer;
}

export interface StarterConfig {
  readonly region: string;
  readonly lease: LeaseTimings;
  readonly store?: "process" | "shared";
}

/** What peers and disk say about the journal that a starting region may write (protocol rule 11). */
export interface StartFacts {
  /** Highest incarnation on the own disk; 0 on an empty one. */
  readonly onDisk: number;
  /** Highest incarnation of ours that a peer told of; 0 where none did. */
  readonly toldByPeers: number;
  /** Whether a peer holds more of our journals than the disk. */
  readonly peerAhead: boolean;
  readonly peers: number;
  readonly peersAnswered: number;
  readonly wallMs: number;
}

export interface Incarnation {
  readonly number: number;
  readonly reason: "goes on" | "no disk" | "a peer is ahead" | "no peer answered";
}

/**
 * The incarnation to write. A number that a lost disk may have used is never used again: without a disk, and where not
 * every peer told, the wall clock in milliseconds is the number.
 */
export const decideIncarnation = (facts: StartFacts): Incarnation => {
  const known = Math.max(facts.onDisk, facts.toldByPeers);
  if (facts.onDisk === 0) return { number: Math.max(known + 1, facts.wallMs), reason: "no disk" };
  if (facts.peerAhead) return { number: Math.max(known + 1, facts.wallMs), reason: "a peer is ahead" };
  if (facts.peers > 0 && facts.peersAnswered === 0) {
    return { number: Math.max(known + 1, facts.wallMs), reason: "no peer answered" };
  }
  return { number: facts.onDisk, reason: "goes on" };
};

/** Brings a region from its start to where it may accept (`begun`) and act (`ready`). */
export class Starter {
  readonly #config: StarterConfig;
  readonly #ports: StarterPorts;
  readonly #others: readonly string[];
  readonly #replication: Replication;
  readonly #becameReady: () => void;
  readonly #onDisk = new Map<string, Vector>();
  #timer: Timer | null = null;
  #begun = false;
  #ready = false;

  constructor(
    config: StarterConfig,
    ports: StarterPorts,
    others: readonly string[],
    replication: Replication,
    becameReady: () => void,
  ) {
    this.#config = config;
    this.#ports = ports;
    this.#others = others;
    this.#replication = replication;
    this.#becameReady = becameReady;
    for (const connector of ports.journal.connectors()) this.#onDisk.set(connector, ports.journal.vector(connector));
  }

  get begun(): boolean {
    return this.#begun;
  }

  get ready(): boolean {
    return this.#ready;
  }

  start(): void {
    this.#timer = this.#ports.clock.after(this.#config.lease.requestTimeoutMs / 2, () => this.#begin());
    this.#replication.refresh(() => {
      this.#begin();
      this.#ready = true;
      this.#becameReady();
    });
  }

  /** A peer told something. */
  heard(): void {
    if (!this.#begun && this.#answered().length === this.#others.length) this.#begin();
  }

  #answered(): readonly string[] {
    return this.#others.filter((peer) => this.#replication.peers.answered(peer));
  }

  #begin(): void {
    if (this.#begun) return;
    this.#timer?.cancel();
    this.#begun = true;
    if (this.#config.store === "shared") return this.#goOn();
    const views = this.#answered().map((peer) => this.#replication.peers.view(peer));
    const { number, reason } = decideIncarnation({
      onDisk: this.#ports.journal.highestIncarnation,
      toldByPeers: Math.max(0, ...views.map((view) => view?.ourIncarnation ?? 0)),
      peerAhead: views.some((view) => this.#isAhead(view?.vectors ?? {})),
      peers: this.#others.length,
      peersAnswered: views.length,
      wallMs: this.#ports.clock.wallMs(),
    });
    this.#ports.journal.begin(number);
    this.#ports.observer.observe({ kind: "incarnation", incarnation: number, reason });
  }

  /** What a shared store has written to is decided there. */
  #goOn(): void {
    const incarnation = this.#ports.journal.highestIncarnation;
    this.#ports.journal.begin(incarnation);
    this.#ports.observer.observe({ kind: "incarnation", incarnation, reason: "goes on" });
  }

  #isAhead(vectors: Readonly<Record<string, Vector>>): boolean {
    return Object.entries(vectors).some(([connector, vector]) => {
      const disk = this.#onDisk.get(connector) ?? {};
      return journalsIn(vector).some(
        (journal) =>
          journalParts(journal).region === this.#config.region &&
          positionOf(vector, journal) > positionOf(disk, journal),
      );
    });
  }
}
