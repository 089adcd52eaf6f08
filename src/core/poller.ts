import type { ConnectorSpec } from "../define/spec.ts";
import type { AcceptAnswer } from "./acceptor.ts";
import type { CursorPlace } from "./cursors.ts";
import type { DutyGrip, Work } from "./dispatch-ports.ts";
import { PollCursor } from "./poll-cursor.ts";
import { PollPace } from "./poll-pace.ts";
import type { PollPorts, PollReport } from "./poller-ports.ts";
import type { ReadAnswer, Sending, SourcePage, Timer } from "./ports.ts";
import { readingPlan } from "./reading-plan.ts";
import { Recent } from "./recent.ts";
import type { JournalName, JournalRecord } from "./records.ts";

/** Identities that are remembered of what was read: more than stands on one page. */
const mostHad = 16_384;

/** A page that was read and is not durable yet. */
interface Unkept {
  readonly page: SourcePage;
  /** Where it leads. */
  readonly place: CursorPlace;
  readonly cursor: PollCursor;
}

/** Reads a partner's site from a cursor, page by page, for as long as the poll duty is held (protocol rules 5 and 19). */
export class Poller implements Work {
  readonly #ports: PollPorts;
  readonly #grip: DutyGrip;
  readonly #pace: PollPace;
  #spec: ConnectorSpec;
  #paused: boolean;
  /** null until it starts, and where nothing is read. */
  #cursor: PollCursor | null = null;
  /** Identities that are durable. */
  readonly #had = new Recent(mostHad);
  /** What an earlier reading accepted here is as durable as it must be before its cursor is presented. */
  #isDurable = false;
  /** A page is being read, or is with the journal. */
  #busy = false;
  #sending: Sending | null = null;
  /** A page that waits for its time, or until the journal takes it. */
  #unkept: { readonly what: Unkept; readonly timer: Timer } | null = null;
  #wakeUp: { readonly at: number; readonly timer: Timer } | null = null;
  #lastReadAt: number | null = null;
  #stopped = false;
  #drained: (() => void) | null = null;

  constructor(spec: ConnectorSpec, paused: boolean, ports: PollPorts, grip: DutyGrip) {
    this.#spec = spec;
    this.#paused = paused;
    this.#ports = ports;
    this.#grip = grip;
    this.#pace = new PollPace(ports);
  }

  start(): void {
    this.#plan();
    this.#turn();
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    this.#spec = spec;
    this.#paused = paused;
    this.#plan();
    this.#pace.retryNow();
    this.#turn();
  }

  stop(): void {
    this.#stopped = true;
    this.#wakeUp?.timer.cancel();
    this.#unkept?.timer.cancel();
    this.#sending?.abort();
    this.#ports.tell(null);
  }

  /** Lets the open request end and its page become durable; a page that the journal refuses is read again by the next. */
  drain(done: () => void): void {
    this.#drained = done;
    this.#wakeUp?.timer.cancel();
    const unkept = this.#unkept;
    if (unkept === null) return this.#turn();
    this.#unkept = null;
    unkept.timer.cancel();
    this.#keep(unkept.what);
  }

  accepted(): void {
    if (this.#cursor?.plan.when.kind === "gap" && Number.isFinite(this.#ports.gaps.dueAt())) this.#turn();
  }

  learned(_journal: JournalName, records: readonly JournalRecord[]): void {
    if (records.some(({ kind }) => kind === "switch")) this.#pace.retryNow();
    this.#turn();
  }

  poke(): void {
    this.#turn();
  }

  #plan(): void {
    const plan = readingPlan(this.#spec);
    if (plan === null) this.#cursor = null;
    else if (this.#cursor === null) this.#cursor = new PollCursor(this.#spec, plan, this.#ports, this.#grip);
    else this.#cursor.update(this.#spec, plan);
  }

  /** Reads on, where nothing is under way and nothing has to be waited for. */
  #turn(): void {
    const cursor = this.#cursor;
    if (this.#stopped || this.#busy || this.#unkept !== null) return;
    if (this.#drained !== null) return this.#finish(this.#drained);
    if (cursor === null) return;
    if (this.#paused) return this.#tell("held", "paused");
    if (!this.#isDurable) return this.#makeSure();
    const now = this.#ports.clock.monotonicMs();
    const dueAt = this.#pace.dueAt(cursor.plan.when);
    const { trouble, isRefused } = this.#pace;
    if (dueAt > now)
      return this.#waitUntil(dueAt, trouble === "" ? "waiting" : isRefused ? "refused" : "held", trouble);
    const chosen = this.#ports.chooseSite();
    const place = cursor.placeAt(chosen);
    if (place === null) return this.#tell("refused", cursor.refusal);
    const openAt = this.#opensAt(chosen.site, now);
    if (openAt > now) return this.#waitUntil(openAt, "held", this.#whyShut(chosen.site));
    if (this.#grip.holds()) this.#read(cursor, place);
  }

  /** A former lease may have ended between a page's write and its replication: its cursor is in the journal all the same. */
  #makeSure(): void {
    this.#busy = true;
    this.#ports.whenDurable((answer) => {
      this.#isDurable = answer.kind !== "refused";
      if (answer.kind !== "refused" || this.#stopped || this.#drained !== null) return this.#free();
      this.#busy = false;
      this.#waitUntil(this.#ports.clock.monotonicMs() + answer.retryAfterMs, "held", refusals[answer.reason]);
    });
  }

  #opensAt(site: string, now: number): number {
    const pass = this.#ports.health.passage(site);
    return pass.kind === "rest" ? pass.untilMs : now + this.#ports.health.admit();
  }

  #whyShut(site: string): string {
    const { kind, reason } = this.#ports.health.breaker(site);
    if (kind !== "closed") return reason;
    return this.#pace.trouble === "" ? "the partner's rate allows no more now" : this.#pace.trouble;
  }

  #read(cursor: PollCursor, place: CursorPlace): void {
    const { clock, health, source } = this.#ports;
    const { site } = place;
    const startedAt = clock.wallMs();
    this.#busy = true;
    this.#pace.began();
    this.#tell("reading", "");
    health.began(site);
    const reading = {
      connector: this.#spec.name,
      site,
      cursor: place.cursor,
      duty: { region: this.#grip.duty, epoch: this.#grip.epoch },
      timeoutMs: this.#spec.requestTimeoutMs,
      mayWrite: () => !this.#stopped && this.#grip.holds(),
    };
    let answered = false;
    const sending = source.read(reading, (answer) => {
      answered = true;
      this.#sending = null;
      health.ended(site, answer, startedAt);
      this.#answered(cursor, place, answer);
    });
    if (!answered) this.#sending = sending;
  }

  #answered(cursor: PollCursor, place: CursorPlace, answer: ReadAnswer): void {
    const { page } = answer;
    // Whoever polls next reads it again: to take it here as well would only publish it twice.
    if (this.#stopped || !this.#grip.holds()) return this.#free();
    if (page === null) {
      this.#pace.failed(answer, this.#spec.retry);
      return this.#free();
    }
    this.#pace.answeredWell();
    const at = this.#ports.clock.wallMs();
    this.#lastReadAt = at;
    const next = cursor.next(place, { at, cursor: page.cursor ?? place.cursor }, page.more);
    const what = { page, cursor, place: next };
    const settles = cursor.plan.isPushedToo && !page.more && page.inputs.length > 0;
    if (settles && this.#drained === null) this.#keepAfter(what, this.#ports.rules.settleMs);
    else this.#keep(what);
  }

  #keepAfter(what: Unkept, delayMs: number): void {
    const timer = this.#ports.clock.after(delayMs, () => {
      this.#unkept = null;
      this.#keep(what);
    });
    this.#busy = false;
    this.#unkept = { what, timer };
  }

  /** The next reading presents the new cursor, which tells the source that this page was taken: first it must be. */
  #keep(what: Unkept): void {
    const { page, place, cursor } = what;
    const isKept = cursor.isKept(place);
    if (page.inputs.length === 0 && isKept) return this.#taken(what);
    const stands = isKept || this.#bringsNothing(page);
    this.#busy = true;
    this.#ports.accept(page.inputs, stands ? null : cursor.recordOf(place), (answer) => {
      if (answer.kind === "refused") return this.#refused(what, answer);
      if (!stands) cursor.kept(place);
      for (const { identity } of page.inputs) this.#had.add(identity);
      this.#taken(what);
    });
  }

  /** A page on the way that only shows again what was had: what follows it may lead back to the cursor that is kept. */
  #bringsNothing({ inputs, more }: SourcePage): boolean {
    return more && inputs.length > 0 && inputs.every(({ identity }) => this.#had.has(identity));
  }

  #taken({ page, place, cursor }: Unkept): void {
    const moves = cursor.moveTo(place);
    this.#pace.ended(page.more && moves, cursor.plan.when);
    this.#free();
  }

  /** At capacity, or where nothing can be made durable, nothing more is read. */
  #refused(what: Unkept, { reason, retryAfterMs }: Refusal): void {
    if (this.#stopped || this.#drained !== null) return this.#free();
    this.#tell("held", refusals[reason]);
    this.#keepAfter(what, Math.min(retryAfterMs, this.#ports.rules.acceptRetryMs));
  }

  #free(): void {
    this.#busy = false;
    this.#turn();
  }

  #finish(done: () => void): void {
    this.#drained = () => {};
    done();
  }

  #waitUntil(at: number, state: PollReport["state"], why: string): void {
    this.#tell(state, why, at);
    if (this.#wakeUp?.at === at) return;
    this.#wakeUp?.timer.cancel();
    this.#wakeUp = null;
    if (!Number.isFinite(at)) return;
    const timer = this.#ports.clock.after(Math.max(0, at - this.#ports.clock.monotonicMs()), () => {
      this.#wakeUp = null;
      this.#turn();
    });
    this.#wakeUp = { at, timer };
  }

  /** @param at when it reads next, monotonic ms; Infinity: what is waited for has no time */
  #tell(state: PollReport["state"], why: string, at = Number.POSITIVE_INFINITY): void {
    const { clock } = this.#ports;
    const nextReadAt = Number.isFinite(at) ? clock.wallMs() + Math.max(0, at - clock.monotonicMs()) : null;
    this.#ports.tell({ state, why, lastReadAt: this.#lastReadAt, nextReadAt });
  }
}

type Refusal = AcceptAnswer & { readonly kind: "refused" };

const refusals: Readonly<Record<Refusal["reason"], string>> = {
  starting: "the region is starting",
  capacity: "the connector holds as much as it may",
  alone: "no other region can make it durable",
  full: "the store is full",
  failed: "the store fails",
};
