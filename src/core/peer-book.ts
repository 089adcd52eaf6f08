import type { Clock, Journal, PullReply, PullRequest, Reach } from "./ports.ts";
import type { JournalName, Vector } from "./records.ts";
import { missing, positionOf } from "./vector.ts";

/** What is known of a peer. */
export interface PeerView {
  readonly vectors: Readonly<Record<string, Vector>>;
  readonly ready: boolean;
  readonly incarnation: number;
  readonly reach: Reach;
  /** Highest incarnation of ours that the peer knows; 0 where it did not say. */
  readonly ourIncarnation: number;
  /** When anything was heard of it. Monotonic, ms. */
  readonly heardAt: number;
}

/** What each peer said of itself last, and when. */
export class PeerBook {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #peers: readonly string[];
  readonly #silenceMs: number;
  readonly #startedAt: number;
  readonly #views = new Map<string, PeerView>();
  /** When each peer last answered a pull, and last asked for one. Monotonic, ms. */
  readonly #repliedAt = new Map<string, number>();
  readonly #askedAt = new Map<string, number>();

  /** @param silenceMs a peer that was not heard of for this long counts as unreachable */
  constructor(
    ports: { readonly clock: Clock; readonly journal: Journal },
    peers: readonly string[],
    silenceMs: number,
  ) {
    this.#clock = ports.clock;
    this.#journal = ports.journal;
    this.#peers = peers;
    this.#silenceMs = silenceMs;
    this.#startedAt = ports.clock.monotonicMs();
  }

  asked(request: PullRequest): void {
    this.#askedAt.set(request.region, this.#clock.monotonicMs());
    this.#note(request, this.#views.get(request.region)?.ourIncarnation ?? 0);
  }

  replied(reply: PullReply): void {
    this.#repliedAt.set(reply.region, this.#clock.monotonicMs());
    this.#note(reply, reply.askerIncarnation);
  }

  view(region: string): PeerView | undefined {
    return this.#views.get(region);
  }

  /** Whether a pull of ours was answered since the start. */
  answered(region: string): boolean {
    return this.#repliedAt.has(region);
  }

  /** For how long pulls of ours from this peer have not been answered, in milliseconds. */
  unansweredMs(region: string): number {
    return this.#clock.monotonicMs() - (this.#repliedAt.get(region) ?? this.#startedAt);
  }

  /** Whether the peer reads what is here. */
  isReadBy(region: string): boolean {
    return this.#clock.monotonicMs() - (this.#askedAt.get(region) ?? this.#startedAt) < this.#silenceMs;
  }

  /** Whether anything was heard of the peer lately. */
  reachable(region: string): boolean {
    const view = this.#views.get(region);
    return view !== undefined && this.#clock.monotonicMs() - view.heardAt < this.#silenceMs;
  }

  anyReachable(): boolean {
    return this.#peers.some((peer) => this.reachable(peer));
  }

  /** Highest position of a journal that some peer is known to hold durably. */
  heldElsewhere(connector: string, journal: JournalName): number {
    return Math.max(0, ...this.#peers.map((peer) => this.#held(peer, connector, journal)));
  }

  /** Lowest position that every peer of the environment is known to hold durably; 0 while one was never heard. */
  heldEverywhere(connector: string, journal: JournalName): number {
    return Math.min(...this.#peers.map((peer) => this.#held(peer, connector, journal)));
  }

  /** Number of records of these connectors that a peer lacks of what is held here. */
  behind(region: string, connectors: readonly string[]): number {
    const view = this.#views.get(region);
    if (view === undefined) return Number.POSITIVE_INFINITY;
    return connectors.reduce(
      (sum, connector) => sum + missing(view.vectors[connector] ?? {}, this.#journal.vector(connector)),
      0,
    );
  }

  #held(peer: string, connector: string, journal: JournalName): number {
    return positionOf(this.#views.get(peer)?.vectors[connector] ?? {}, journal);
  }

  #note({ region, vectors, ready, incarnation, reach }: PullRequest | PullReply, ourIncarnation: number): void {
    const heardAt = this.#clock.monotonicMs();
    this.#views.set(region, { vectors, ready, incarnation, reach, ourIncarnation, heardAt });
  }
}
