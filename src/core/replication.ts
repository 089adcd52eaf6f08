import { PeerBook } from "./peer-book.ts";
import type { Clock, Done, Journal, Peers, PullReply, PullRequest, Random, Reach, Segment, Timer } from "./ports.ts";
import type { JournalName, Vector } from "./records.ts";
import { covers, journalsIn, positionOf } from "./vector.ts";

export interface ReplicationPolicy {
  /** How long a pull waits for news. */
  readonly waitMs: number;
  /** After a pull that was not answered. */
  readonly retryMs: number;
  /** News are gathered this long before waiting pulls are answered. */
  readonly gatherMs: number;
  /** Records in one reply. */
  readonly batch: number;
  /** A peer that does not answer a pull for this long is passed over by whoever waits to have read everything. */
  readonly refreshMs: number;
  /** A peer that was not heard of for this long counts as unreachable. */
  readonly silenceMs: number;
}

export interface ReplicationListener {
  /** A segment of another journal is durable here. */
  applied(segment: Segment): void;
  /** What a peer holds is newly known: acknowledgements, readiness, reach. */
  heard(region: string): void;
}

interface Waiting {
  readonly request: PullRequest;
  readonly done: Done<PullReply>;
  readonly timer: Timer;
}

interface Loop {
  readonly region: string;
  /** Callbacks of the next pull that starts and brings everything the peer has. */
  fresh: { done: () => void; started: boolean }[];
  /** The latest pull; earlier ones, answered late, are applied but start no further pull. */
  generation: number;
  timer: Timer | null;
}

/** Pulls every journal from every peer, relays what it holds, and learns from each pull what peers hold (rule 12). */
export class Replication {
  readonly #region: string;
  readonly #policy: ReplicationPolicy;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #journal: Journal;
  readonly #port: Peers;
  readonly #listener: ReplicationListener;
  readonly #self: () => { ready: boolean; reach: Reach };
  readonly peers: PeerBook;
  readonly #loops: readonly Loop[];
  readonly #waiting = new Set<Waiting>();
  #gathering: Timer | null = null;
  #stopped = false;

  constructor(
    region: string,
    peerRegions: readonly string[],
    policy: ReplicationPolicy,
    ports: { readonly clock: Clock; readonly random: Random; readonly journal: Journal; readonly peers: Peers },
    self: () => { ready: boolean; reach: Reach },
    listener: ReplicationListener,
  ) {
    this.#region = region;
    this.#policy = policy;
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.#journal = ports.journal;
    this.#port = ports.peers;
    this.#self = self;
    this.#listener = listener;
    this.peers = new PeerBook(ports, peerRegions, policy.silenceMs);
    this.#loops = peerRegions.map((peer) => ({ region: peer, fresh: [], generation: 0, timer: null }));
  }

  start(): void {
    for (const loop of this.#loops) this.#pull(loop);
  }

  stop(): void {
    this.#stopped = true;
    for (const loop of this.#loops) loop.timer?.cancel();
    this.#gathering?.cancel();
    for (const waiting of this.#waiting) waiting.timer.cancel();
    this.#waiting.clear();
  }

  /** Stops once every peer that reads here has read everything, for example marks of duties; waits for it one pull long. */
  finish(done: () => void): void {
    const until = this.#clock.monotonicMs() + this.#policy.waitMs;
    const look = (): void => {
      this.wake(true);
      if (!this.#isReadByAll() && this.#clock.monotonicMs() < until) {
        this.#clock.after(this.#policy.gatherMs, look);
        return;
      }
      this.stop();
      done();
    };
    look();
  }

  #isReadByAll(): boolean {
    const readers = this.#loops.filter(({ region }) => this.peers.isReadBy(region));
    return readers.every(({ region }) => this.peers.behind(region, this.#journal.connectors()) === 0);
  }

  /** Pulls from every peer anew; `done` once each has answered with all it holds, or was not reached. */
  refresh(done: () => void): void {
    let open = this.#loops.length;
    if (open === 0) return done();
    for (const loop of this.#loops) {
      let ended = false;
      const fresh = {
        started: false,
        done: (): void => {
          if (ended) return;
          ended = true;
          open -= 1;
          if (open === 0) done();
        },
      };
      loop.fresh.push(fresh);
      this.#passOver(loop.region, () => ended, fresh.done);
      // A pull under way may have been answered before now, so one more is started, which does not wait.
      this.#pull(loop);
    }
  }

  /** Ends the wait for a peer that has stopped answering; one that goes on answering is waited for. */
  #passOver(region: string, ended: () => boolean, done: () => void): void {
    this.#clock.after(this.#policy.refreshMs, () => {
      if (ended()) return;
      if (this.peers.unansweredMs(region) >= this.#policy.refreshMs) done();
      else this.#passOver(region, ended, done);
    });
  }

  /** Tells waiting peers that there is something new, after a short gathering time unless `now`. */
  wake(now: boolean): void {
    if (this.#waiting.size === 0 || this.#stopped) return;
    if (now) {
      this.#gathering?.cancel();
      this.#gathering = null;
      this.#answerWaiting();
    } else {
      this.#gathering ??= this.#clock.after(this.#policy.gatherMs, () => {
        this.#gathering = null;
        this.#answerWaiting();
      });
    }
  }

  /** Answers a peer's pull; waits up to its `waitMs` while there is nothing new. */
  serve(request: PullRequest, done: Done<PullReply>): void {
    this.peers.asked(request);
    this.#listener.heard(request.region);
    if (request.waitMs === 0 || this.#hasNewsFor(request)) return this.#reply(request, done);
    const timer = this.#clock.after(request.waitMs, () => {
      this.#waiting.delete(waiting);
      this.#reply(request, done);
    });
    const waiting: Waiting = { request, done, timer };
    this.#waiting.add(waiting);
  }

  #answerWaiting(): void {
    for (const waiting of [...this.#waiting]) {
      waiting.timer.cancel();
      this.#waiting.delete(waiting);
      this.#reply(waiting.request, waiting.done);
    }
  }

  #hasNewsFor(request: PullRequest): boolean {
    return this.#journal
      .connectors()
      .some((connector) => !covers(request.vectors[connector] ?? {}, this.#journal.vector(connector)));
  }

  #reply(request: PullRequest, done: Done<PullReply>): void {
    this.#collect(request, (segments, more) => {
      done({ ...this.#own(), askerIncarnation: this.#incarnationOf(request.region), segments, more });
    });
  }

  #own(): Omit<PullReply, "segments" | "more" | "askerIncarnation"> {
    const { ready, reach } = this.#self();
    const vectors: Record<string, Vector> = {};
    for (const connector of this.#journal.connectors()) vectors[connector] = this.#journal.vector(connector);
    return { region: this.#region, incarnation: this.#journal.incarnation, vectors, ready, reach };
  }

  #incarnationOf(region: string): number {
    let highest = this.peers.view(region)?.incarnation ?? 0;
    for (const connector of this.#journal.connectors()) {
      for (const journal of journalsIn(this.#journal.vector(connector))) {
        const dot = journal.lastIndexOf(".");
        if (journal.slice(0, dot) === region) highest = Math.max(highest, Number(journal.slice(dot + 1)));
      }
    }
    return highest;
  }

  #collect(request: PullRequest, done: (segments: readonly Segment[], more: boolean) => void): void {
    const wanted: { connector: string; journal: JournalName; above: number; end: number }[] = [];
    for (const connector of this.#journal.connectors()) {
      const held = request.vectors[connector] ?? {};
      const here = this.#journal.vector(connector);
      for (const journal of journalsIn(here)) {
        const above = positionOf(held, journal);
        const end = positionOf(here, journal);
        if (end > above) wanted.push({ connector, journal, above, end });
      }
    }
    const segments: Segment[] = [];
    let room = this.#policy.batch;
    const next = (): void => {
      const want = wanted.shift();
      if (want === undefined || room <= 0) return done(segments, want !== undefined);
      this.#journal.read(want.connector, want.journal, want.above, room, (segment) => {
        segments.push(segment);
        room -= segment.records.length;
        // A journal also cuts a segment of large records, so that no reply fills the memory.
        if (want.end > segment.to) return done(segments, true);
        next();
      });
    };
    next();
  }

  #pull(loop: Loop): void {
    if (this.#stopped) return;
    loop.timer?.cancel();
    loop.generation += 1;
    const { generation } = loop;
    const mine = loop.fresh;
    for (const fresh of mine) fresh.started = true;
    const request: PullRequest = { ...this.#own(), waitMs: mine.length > 0 ? 0 : this.#policy.waitMs };
    this.#port.pull(loop.region, request, (reply) => {
      if (this.#stopped) return;
      const latest = generation === loop.generation;
      if (reply === null) return latest ? this.#unanswered(loop) : undefined;
      this.#applyAll([...reply.segments], (well) => {
        this.peers.replied(reply);
        this.#listener.heard(loop.region);
        if (generation !== loop.generation) return;
        if (!well) return this.#later(loop);
        if (!reply.more) this.#refreshed(loop);
        this.#pull(loop);
      });
    });
  }

  #unanswered(loop: Loop): void {
    this.#refreshed(loop);
    this.#later(loop);
  }

  #later(loop: Loop): void {
    const pause = this.#policy.retryMs * (0.5 + this.#random() / 2);
    loop.timer?.cancel();
    loop.timer = this.#clock.after(pause, () => this.#pull(loop));
  }

  #refreshed(loop: Loop): void {
    const finished = loop.fresh.filter((fresh) => fresh.started);
    loop.fresh = loop.fresh.filter((fresh) => !fresh.started);
    for (const fresh of finished) fresh.done();
  }

  #applyAll(segments: Segment[], done: (well: boolean) => void): void {
    const segment = segments.shift();
    if (segment === undefined) return done(true);
    this.#journal.apply(segment, (result) => {
      if (result.kind === "refused") return done(false);
      this.#listener.applied(segment);
      this.#applyAll(segments, done);
    });
  }
}
