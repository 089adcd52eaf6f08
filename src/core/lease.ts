import type { AskedEpochs } from "./asked-epochs.ts";
import { Grants, type Moment, momentOf } from "./grants.ts";
import type { Clock, Done, HandbackMark, Random, Timer, Voter, VoterReply } from "./ports.ts";
import { agreed, type VoterSets } from "./quorum.ts";
import { type LeaseTimings, lookEveryMs, patienceMs, renewEveryMs } from "./timings.ts";
import { ToldExceptions } from "./told-exceptions.ts";

export interface LeaseListener {
  /**
   * @param handback the mark of a planned return, null after a lapse or at the first start
   * @param lastEpoch the one before, as a majority of the voters knows; 0 where there was none
   */
  acquired(epoch: number, handback: HandbackMark | null, lastEpoch: number): void;
  lapsed(epoch: number): void;
}

/** The holder's side of the lease of a duty, however it is kept. */
export interface DutyLease {
  /** null: it is not held. */
  readonly epoch: number | null;
  /** Whether the home of the duty watches for the lease while it is held here. */
  readonly wanted: boolean;
  /** Whether a connector may be in another region's hands. */
  isLent(connector: string): boolean;
  /** Says that a connector is about to be lent, durably for whoever acts under this epoch; `done(false)`: it is not to be. */
  lend(connector: string, done: Done<boolean>): void;
  /** Whether effects may start, now. */
  holds(): boolean;
  /** How long it still runs, in milliseconds; 0 where it is not held. */
  remainingMs(): number;
  /** Begins to watch the lease and to ask for it when it is free. */
  seek(): void;
  /** Stops without releasing: what is held lapses. */
  stop(): void;
  /** Gives the lease back, and watches it again. */
  release(handback: HandbackMark | null): void;
  /** Lets the lease lapse and does not ask again for one ttl (protocol rule 8). */
  forgo(): void;
}

export interface LeaseOptions {
  readonly duty: string;
  /** Set for the exception of one connector; `rowEpoch` is the epoch of the duty's own lease that it is an exception of. */
  readonly exception?: { readonly connector: string; readonly rowEpoch: number };
  /** Region and process start. */
  readonly holder: string;
  /** Home asks as soon as the lease is free; others give it time. */
  readonly home: boolean;
  /** Whether a holder that is blind to the duty's region should let this process have it. */
  readonly wants: () => boolean;
  readonly timings: LeaseTimings;
  readonly voterSets: VoterSets;
  /** Of this process: shared by all leases that it asks for one after the other. */
  readonly epochs: AskedEpochs;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "watching"; readonly freeSince: number | null; readonly patienceMs: number }
  | { readonly kind: "asking"; readonly epoch: number; readonly last: Last }
  /** An earlier process of this holder held it. */
  | { readonly kind: "resuming"; readonly epoch: number; readonly done: Done<boolean> }
  | { readonly kind: "holding"; readonly epoch: number };

/** What the voters tell of the holder before. */
interface Last {
  readonly epoch: number;
  /** The mark that it left, where it ended as planned. */
  readonly handback: HandbackMark | null;
}

/** The holder's side of one duty's lease (protocol rules 4 and 8). */
export class Lease implements DutyLease {
  readonly #options: LeaseOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #voters: readonly Voter[];
  readonly #listener: LeaseListener;
  #state: State = { kind: "idle" };
  #round = 0;
  #lastHeld = 0;
  /** Of the present epoch. */
  #grants: Grants;
  #views = new Map<string, VoterReply>();
  #timer: Timer | null = null;
  #expiry: Timer | null = null;
  #restUntil = Number.NEGATIVE_INFINITY;
  readonly #wantedAt = new Set<string>();
  readonly #exceptions: ToldExceptions;

  constructor(options: LeaseOptions, clock: Clock, random: Random, voters: readonly Voter[], listener: LeaseListener) {
    this.#options = options;
    this.#exceptions = new ToldExceptions(options.holder, options.voterSets);
    this.#clock = clock;
    this.#random = random;
    this.#voters = voters;
    this.#listener = listener;
    this.#grants = this.#noGrants();
  }

  get epoch(): number | null {
    return this.#state.kind === "holding" ? this.#state.epoch : null;
  }

  /** Whether the home of the duty watches for the lease while it is held here, as some voter sees it. */
  get wanted(): boolean {
    return this.#wantedAt.size > 0;
  }

  /** Whether a connector may be in another region's hands: not a majority of the voters says that it is not. */
  isLent(connector: string): boolean {
    return this.#exceptions.isLent(connector);
  }

  /** Under this epoch nobody acts but this process, which remembers. */
  lend(_connector: string, done: Done<boolean>): void {
    done(true);
  }

  /** Whether a majority of grants still runs, by this process's clocks, now. */
  holds(): boolean {
    return this.remainingMs() > 0;
  }

  /** How long a majority of grants still runs, in milliseconds; 0 where none does. */
  remainingMs(): number {
    if (this.#state.kind !== "holding") return 0;
    return Math.max(0, this.#grants.remainingMs());
  }

  /** Begins to watch the lease and to ask for it when it is free. */
  seek(): void {
    this.#watch();
  }

  /**
   * Goes on with what another process of the same holder held, and which is no more: what a majority renews did not lapse,
   * or nobody else took it since. `done(true)`: it is held, and is not told as acquired; `done(false)`: it is over.
   */
  resume(epoch: number, done: Done<boolean>): void {
    this.#enter({ kind: "resuming", epoch, done });
    this.#lastHeld = epoch;
    this.#grants = this.#noGrants();
    this.#exceptions.clear();
    this.#wantedAt.clear();
    this.#timer = this.#clock.after(this.#options.timings.requestTimeoutMs, () => {
      if (this.#state.kind !== "resuming" || this.#state.epoch !== epoch) return;
      this.stop();
      done(false);
    });
    for (const voter of this.#voters) this.#renew(voter, epoch);
  }

  /** Stops without releasing: what is held lapses. */
  stop(): void {
    this.#timer?.cancel();
    this.#expiry?.cancel();
    this.#state = { kind: "idle" };
    this.#round += 1;
  }

  /** Gives the lease back, at once at every voter, and watches it again. */
  release(handback: HandbackMark | null): void {
    if (this.#state.kind !== "holding") return;
    const { epoch } = this.#state;
    this.#lastHeld = 0;
    this.#releaseEpoch(epoch, handback);
    this.#restUntil = this.#clock.monotonicMs() + this.#options.timings.ttlMs / 2;
    this.#watch();
  }

  /** Lets the lease lapse and does not ask again for one ttl (protocol rule 8). */
  forgo(): void {
    if (this.#state.kind !== "holding") return;
    const { epoch } = this.#state;
    this.#restUntil = this.#clock.monotonicMs() + 2 * this.#options.timings.ttlMs;
    this.#watch();
    this.#listener.lapsed(epoch);
  }

  #watch(): void {
    this.#enter({ kind: "watching", freeSince: null, patienceMs: this.#patienceMs() });
    this.#wantedAt.clear();
    this.#readAll();
  }

  #patienceMs(): number {
    return patienceMs(this.#options.timings, this.#options.home) * (0.5 + this.#random() / 2);
  }

  #enter(state: State): void {
    this.#timer?.cancel();
    this.#expiry?.cancel();
    this.#state = state;
    this.#round += 1;
    this.#views = new Map();
  }

  #readAll(): void {
    this.#views = new Map();
    this.#round += 1;
    const round = this.#round;
    const wanted = this.#options.wants();
    for (const voter of this.#voters) {
      voter.request({ kind: "read", ...this.#asker(), wanted }, (reply) => {
        if (reply === null || round !== this.#round) return;
        this.#views.set(voter.name, reply);
        this.#consider();
      });
    }
    const pause = lookEveryMs(this.#options.timings, this.#options.home) * (0.5 + this.#random() / 2);
    this.#timer = this.#clock.after(pause, () => this.#readAll());
  }

  #consider(): void {
    const state = this.#state;
    if (state.kind !== "watching") return;
    const expired = [...this.#views].filter(([, view]) => view.expired).map(([voter]) => voter);
    if (!agreed(this.#options.voterSets, new Set(this.#views.keys()))) return;
    const free = agreed(this.#options.voterSets, new Set(expired));
    const now = this.#clock.monotonicMs();
    if (!free || now < this.#restUntil) {
      if (state.freeSince !== null && !free) this.#state = { ...state, freeSince: null };
      return;
    }
    const freeSince = state.freeSince ?? now;
    this.#state = { ...state, freeSince };
    if (now - freeSince >= state.patienceMs) this.#ask();
    else {
      this.#timer?.cancel();
      this.#timer = this.#clock.after(freeSince + state.patienceMs - now, () => this.#readAll());
    }
  }

  #ask(): void {
    const views = [...this.#views.values()];
    const { duty, exception, epochs } = this.#options;
    const highestSeen = Math.max(...views.map((view) => view.highestEpoch));
    const epoch = epochs.next(duty, exception?.connector, highestSeen);
    const lastEpoch = Math.max(...views.map((view) => view.epoch));
    const confirmed = Math.max(...views.map((view) => view.confirmedGeneration));
    const handback = views.map((view) => view.handback).find((mark) => mark !== null && mark.epoch === lastEpoch);
    this.#enter({ kind: "asking", epoch, last: { epoch: lastEpoch, handback: handback ?? null } });
    this.#grants = this.#noGrants();
    this.#exceptions.clear();
    for (const voter of this.#voters) this.#acquire(voter, epoch, confirmed);
    this.#timer = this.#clock.after(this.#options.timings.requestTimeoutMs, () => this.#failed(epoch));
  }

  #acquire(voter: Voter, epoch: number, confirmedGeneration: number): void {
    const start = momentOf(this.#clock);
    const { exception } = this.#options;
    const row = exception === undefined ? {} : { rowEpoch: exception.rowEpoch };
    voter.request({ kind: "acquire", ...this.#asker(), ...row, epoch, confirmedGeneration }, (reply) =>
      this.#answered(voter, epoch, start, reply),
    );
  }

  #renew(voter: Voter, epoch: number): void {
    const start = momentOf(this.#clock);
    voter.request({ kind: "renew", ...this.#asker(), epoch }, (reply) => {
      if (reply !== null && this.epoch === epoch) this.#noteWanted(voter, reply);
      // A voter that was away when the lease was acquired does not know it yet.
      if (reply !== null && !reply.granted && reply.highestEpoch < epoch && this.epoch === epoch) {
        this.#acquire(voter, epoch, this.#options.voterSets.generation);
      } else this.#answered(voter, epoch, start, reply);
    });
  }

  /** What comes once the lease was let go of says nothing of the next time that it is held. */
  #noteWanted(voter: Voter, { wanted }: VoterReply): void {
    if (wanted) this.#wantedAt.add(voter.name);
    else this.#wantedAt.delete(voter.name);
  }

  #answered(voter: Voter, epoch: number, start: Moment, reply: VoterReply | null): void {
    if (reply === null || !reply.granted) return;
    this.#exceptions.hear(voter.name, reply);
    const state = this.#state;
    if (state.kind === "idle" || state.kind === "watching" || state.epoch !== epoch) {
      // The answer to a round that was given up: do not leave the voter bound to it. What was held lapses or is released as a
      // whole, and a next process may go on with it.
      if (epoch !== this.#lastHeld) this.#releaseAt(voter, epoch, null);
      return;
    }
    this.#grants.take(voter.name, start);
    if (state.kind === "holding") return this.#watchExpiry();
    if (this.#grants.remainingMs() <= 0) return;
    this.#enter({ kind: "holding", epoch });
    this.#lastHeld = epoch;
    this.#watchExpiry();
    this.#renewLater();
    if (state.kind === "resuming") state.done(true);
    else this.#listener.acquired(epoch, state.last.handback, state.last.epoch);
  }

  #renewLater(): void {
    this.#timer = this.#clock.after(renewEveryMs(this.#options.timings), () => {
      const { epoch } = this;
      if (epoch === null) return;
      if (!this.holds()) return this.#lapse(epoch);
      for (const voter of this.#voters) this.#renew(voter, epoch);
      this.#renewLater();
    });
  }

  #watchExpiry(): void {
    this.#expiry?.cancel();
    const { epoch } = this;
    if (epoch === null) return;
    this.#expiry = this.#clock.after(Math.max(0, this.#grants.remainingMs()), () => {
      if (this.epoch !== epoch) return;
      if (this.holds()) this.#watchExpiry();
      else this.#lapse(epoch);
    });
  }

  #lapse(epoch: number): void {
    this.#watch();
    this.#listener.lapsed(epoch);
  }

  #failed(epoch: number): void {
    if (this.#state.kind !== "asking" || this.#state.epoch !== epoch) return;
    this.#releaseEpoch(epoch, null);
    this.#watch();
  }

  #releaseEpoch(epoch: number, handback: HandbackMark | null): void {
    for (const voter of this.#voters) this.#releaseAt(voter, epoch, handback);
  }

  #releaseAt(voter: Voter, epoch: number, handback: HandbackMark | null): void {
    const mark = handback === null ? {} : { handback };
    voter.request({ kind: "release", ...this.#asker(), epoch, ...mark }, () => {});
  }

  #asker(): {
    readonly duty: string;
    readonly connector?: string;
    readonly holder: string;
    readonly generation: number;
  } {
    const { duty, holder, voterSets, exception } = this.#options;
    const asker = { duty, holder, generation: voterSets.generation };
    return exception === undefined ? asker : { ...asker, connector: exception.connector };
  }

  #noGrants(): Grants {
    return new Grants(this.#options.timings, this.#options.voterSets, this.#clock);
  }
}
