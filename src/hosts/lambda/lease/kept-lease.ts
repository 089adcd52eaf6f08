import type { KeptLeaseListener } from "../../../core/duties.ts";
import { elapsedMs, type Moment } from "../../../core/grants.ts";
import type { DutyLease } from "../../../core/lease.ts";
import type { Clock, Done, HandbackMark, Timer } from "../../../core/ports.ts";
import { type Acted, type Before, beforeOf } from "./acted.ts";
import type { DutyRow } from "./duty-row.ts";
import type { EngineClaim } from "./engine-claim.ts";

export interface KeptLeaseOptions {
  readonly duty: string;
  readonly claim: EngineClaim;
  readonly clock: Clock;
  /** Reads what the keeper publishes, soon. */
  look(): void;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "watching" }
  /** The claim is being told that this engine begins to act. */
  | { readonly kind: "telling"; readonly epoch: number }
  /** It was told: whoever recalls the duty from now on waits for this engine. */
  | { readonly kind: "told"; readonly epoch: number; readonly at: number }
  | { readonly kind: "held"; readonly epoch: number };

/** What the keeper published last: for how long, and since when it was so. */
interface Published {
  readonly row: DutyRow;
  readonly start: Moment;
}

const nothing = (): void => {};

/** The lease of a duty that the region's keeper holds, as one engine may use it. */
export class KeptLease implements DutyLease {
  readonly #options: KeptLeaseOptions;
  readonly #listener: KeptLeaseListener;
  /** The keeper says when it is to go home. */
  readonly wanted = false;
  #state: State = { kind: "idle" };
  #published: Published | null = null;
  /** Of the epoch that is told, or held. */
  #before: Before = { kind: "nobody" };
  #expiry: Timer | null = null;

  constructor(options: KeptLeaseOptions, listener: KeptLeaseListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get epoch(): number | null {
    return this.#state.kind === "held" ? this.#state.epoch : null;
  }

  isLent(connector: string): boolean {
    return this.#published === null || this.#published.row.lent.includes(connector) || this.#wasLent(this.epoch);
  }

  lend(_connector: string, done: Done<boolean>): void {
    const { duty, claim } = this.#options;
    if (this.#state.kind !== "held") return done(false);
    claim.tell(duty, { epoch: this.#state.epoch, acting: true, mark: null, lent: true }, done);
  }

  holds(): boolean {
    return this.remainingMs() > 0;
  }

  remainingMs(): number {
    return this.#state.kind === "held" ? this.#leftMs() : 0;
  }

  seek(): void {
    this.#state = { kind: "watching" };
    this.#options.look();
  }

  stop(): void {
    this.#expiry?.cancel();
    if (this.#state.kind === "telling" || this.#state.kind === "told") this.#leave(this.#state.epoch);
    this.#state = { kind: "idle" };
  }

  release(handback: HandbackMark | null): void {
    if (this.#state.kind !== "held") return;
    const { claim } = this.#options;
    const mark = handback?.marks[claim.connector] ?? null;
    this.#say(this.#state.epoch, { acting: false, mark }, nothing);
    this.#expiry?.cancel();
    this.#state = { kind: "watching" };
  }

  /** The keeper sees for itself whether it is blind. */
  forgo(): void {
    if (this.#state.kind === "held") this.#lapse(this.#state.epoch);
  }

  /**
   * What the keeper publishes.
   *
   * @param start of the read
   */
  saw(row: DutyRow | null, start: Moment): void {
    this.#published = row === null ? null : { row, start };
    const state = this.#state;
    switch (state.kind) {
      case "idle":
      case "telling":
        return;
      case "watching":
        if (this.#mayBegin()) this.#tell();
        return;
      case "told":
        if (start.monotonic >= state.at) this.#begin(state.epoch);
        return;
      case "held":
        return this.#goOn(state.epoch);
    }
  }

  #mayBegin(): boolean {
    return this.#published !== null && !this.#published.row.recalled && this.#leftMs() > 0;
  }

  /** Says so first: else the keeper could hand the duty over in between, and know of nobody who acts. */
  #tell(): void {
    const { duty, claim, clock, look } = this.#options;
    const row = this.#published?.row;
    if (row === undefined) return;
    const { epoch } = row;
    this.#state = { kind: "telling", epoch };
    this.#before = beforeOf(row, claim.acted(duty), claim.connector);
    this.#say(epoch, { acting: true, mark: null }, (ok) => {
      if (this.#state.kind !== "telling" || this.#state.epoch !== epoch) return;
      this.#state = ok ? { kind: "told", epoch, at: clock.monotonicMs() } : { kind: "watching" };
      if (ok) look();
    });
  }

  /** What was read since says whether it is still to be acted for. */
  #begin(epoch: number): void {
    if (!this.#mayBegin() || this.#published?.row.epoch !== epoch) return this.#leave(epoch);
    const before = this.#before;
    this.#state = { kind: "held", epoch };
    this.#watchExpiry(epoch);
    const { connector } = this.#options.claim;
    const handback = before.kind === "told" ? { epoch: before.epoch, marks: { [connector]: before.mark } } : null;
    this.#listener.acquired(epoch, handback, before.kind === "nobody" ? 0 : before.epoch);
  }

  /** Nothing was begun: what was told before counts again. */
  #leave(epoch: number): void {
    const before = this.#before;
    const { duty, claim } = this.#options;
    this.#state = { kind: "watching" };
    if (before.kind === "nobody") return claim.forget(duty, nothing);
    const mark = before.kind === "told" ? before.mark : null;
    this.#say(epoch, { acting: false, mark }, nothing);
  }

  #goOn(epoch: number): void {
    const row = this.#published?.row;
    if (row === undefined || row.epoch !== epoch || this.#leftMs() <= 0) return this.#lapse(epoch);
    this.#watchExpiry(epoch);
    if (row.recalled) this.#listener.recalled();
  }

  #lapse(epoch: number): void {
    this.#say(epoch, { acting: false, mark: null }, nothing);
    this.#expiry?.cancel();
    this.#state = { kind: "watching" };
    this.#listener.lapsed(epoch);
  }

  #say(epoch: number, how: Pick<Acted, "acting" | "mark">, done: Done<boolean>): void {
    const { duty, claim } = this.#options;
    claim.tell(duty, { epoch, lent: this.#wasLent(epoch), ...how }, done);
  }

  #wasLent(epoch: number | null): boolean {
    const { duty, claim } = this.#options;
    const acted = claim.acted(duty);
    return acted?.lent === true && acted.epoch === epoch;
  }

  #watchExpiry(epoch: number): void {
    this.#expiry?.cancel();
    this.#expiry = this.#options.clock.after(this.#leftMs(), () => {
      if (this.epoch !== epoch) return;
      if (this.holds()) this.#watchExpiry(epoch);
      else this.#lapse(epoch);
    });
  }

  /** Until what the keeper published ends, or the claim: by whichever clock saw more time pass. */
  #leftMs(): number {
    if (this.#published === null) return 0;
    const { row, start } = this.#published;
    const { claim, clock } = this.#options;
    const publishedMs = row.until - start.wall - elapsedMs(start, clock);
    return Math.max(0, Math.min(publishedMs, claim.remainingMs()));
  }
}
