import type { ConnectorSpec } from "../define/spec.ts";
import type { AcceptAnswer } from "./acceptor.ts";
import {
  advanced,
  type CursorDecision,
  type CursorMark,
  type CursorPlace,
  type CursorValue,
  cursorText,
  decideCursor,
  liftOf,
  lostSince,
  parseCursor,
} from "./cursors.ts";
import type { DutyGrip, Work } from "./dispatch-ports.ts";
import { PollPace } from "./poll-pace.ts";
import type { PollPorts, PollReport } from "./poller-ports.ts";
import type { ReadAnswer, Sending, SourcePage, Timer } from "./ports.ts";
import { type ReadingPlan, readingPlan } from "./reading-plan.ts";
import type { JournalName, JournalRecord } from "./records.ts";
import type { ChosenSite } from "./sites.ts";

/** A page that was read and is not durable yet. */
interface Unkept {
  readonly page: SourcePage;
  readonly place: CursorPlace;
}

/** Reads a partner's site from a cursor, page by page, for as long as the poll duty is held (protocol rules 5 and 19). */
export class Poller implements Work {
  readonly #ports: PollPorts;
  readonly #grip: DutyGrip;
  readonly #pace: PollPace;
  #spec: ConnectorSpec;
  #plan: ReadingPlan | null;
  #paused: boolean;
  /** What the journal holds. */
  #kept: CursorValue | null = null;
  #lift = 0;
  /** Where the next reading begins; null: to be decided from what the journal holds. */
  #place: CursorPlace | null = null;
  #sending: Sending | null = null;
  #reading = false;
  /** Waits for its time, or until the journal takes it. */
  #unkept: (Unkept & { readonly timer: Timer }) | null = null;
  #wakeUp: { readonly at: number; readonly timer: Timer } | null = null;
  #lastReadAt: number | null = null;
  #refusal = "";
  #stopped = false;
  #drained: (() => void) | null = null;

  constructor(spec: ConnectorSpec, paused: boolean, ports: PollPorts, grip: DutyGrip) {
    this.#spec = spec;
    this.#plan = readingPlan(spec);
    this.#paused = paused;
    this.#ports = ports;
    this.#grip = grip;
    this.#pace = new PollPace(ports);
  }

  start(): void {
    const { journal, home } = this.#ports;
    const known = this.#plan === null ? null : journal.cursor(this.#spec.name, this.#plan.source);
    if (known !== null) {
      this.#kept = parseCursor(known.value);
      this.#lift = liftOf(this.#kept, known.epoch, home, this.#grip.epoch);
    }
    this.#turn();
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    this.#spec = spec;
    this.#plan = readingPlan(spec);
    this.#paused = paused;
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
    this.#keep(unkept);
  }

  accepted(): void {
    if (this.#plan?.when.kind === "gap" && Number.isFinite(this.#ports.gaps.dueAt())) this.#turn();
  }

  learned(_journal: JournalName, records: readonly JournalRecord[]): void {
    if (records.some(({ kind }) => kind === "switch")) this.#pace.retryNow();
    this.#turn();
  }

  poke(): void {
    this.#turn();
  }

  /** Reads on, where nothing is under way and nothing has to be waited for. */
  #turn(): void {
    const plan = this.#plan;
    if (this.#stopped || this.#reading || this.#unkept !== null) return;
    if (this.#drained !== null) return this.#finish(this.#drained);
    if (plan === null) return;
    if (this.#paused) return this.#tell("held", "paused");
    const now = this.#ports.clock.monotonicMs();
    const dueAt = this.#pace.dueAt(plan.when);
    const { trouble } = this.#pace;
    if (dueAt > now) return this.#waitUntil(dueAt, trouble === "" ? "waiting" : "held", trouble);
    const chosen = this.#ports.chooseSite();
    const place = this.#placeAt(chosen, plan);
    if (place === null) return this.#tell("refused", this.#refusal);
    const openAt = this.#opensAt(chosen.site, now);
    if (openAt > now) return this.#waitUntil(openAt, "held", this.#whyShut(chosen.site));
    if (this.#grip.holds()) this.#read(place);
  }

  /** Where to go on at a site; null: it cannot (`#refusal`). */
  #placeAt(chosen: ChosenSite, plan: ReadingPlan): CursorPlace | null {
    const place = this.#place;
    if (place !== null && place.site === chosen.site && place.seq === chosen.seq) return place;
    const decision = this.#decide(chosen, plan);
    const refusal = decision.kind === "refused" ? decision.why : "";
    if (refusal !== "" && refusal !== this.#refusal) this.#observe(chosen.site, "refused", refusal);
    this.#refusal = refusal;
    if (decision.kind === "refused") return null;
    if (decision.kind === "rewound") this.#observe(chosen.site, "rewound", `by ${decision.byMs} ms`);
    this.#place = decision.place;
    return decision.place;
  }

  #decide(chosen: ChosenSite, { acrossSites, lookbackMs }: ReadingPlan): CursorDecision {
    const { journal, source } = this.#ports;
    const { name, startFrom } = this.#spec;
    const kept = this.#place ?? this.#kept;
    const lost =
      kept === null ? Number.POSITIVE_INFINITY : lostSince(kept, chosen, journal.switches(name), this.#recoveryMs());
    return decideCursor({
      kept,
      to: chosen,
      acrossSites,
      lostSince: lost,
      // What this process read itself needs no looking back.
      lookbackMs: this.#place === null && this.#grip.adopted ? lookbackMs : 0,
      mayRestart: startFrom !== "now",
      rewound: (cursor, byMs) => source.rewound(cursor, byMs),
    });
  }

  /** How far before the latest page the last that a site may have lost can lie. */
  #recoveryMs(): number {
    const { partner, requestTimeoutMs } = this.#spec;
    return partner.topology.recoveryPointMs + requestTimeoutMs + this.#ports.rules.clockSkewMs;
  }

  #observe(site: string, change: "rewound" | "refused", detail: string): void {
    this.#ports.observer.observe({ kind: "cursor", connector: this.#spec.name, site, change, detail });
  }

  #opensAt(site: string, now: number): number {
    const pass = this.#ports.health.passage(site);
    return pass.kind === "rest" ? pass.untilMs : now + this.#ports.health.admit();
  }

  #whyShut(site: string): string {
    const { kind, reason } = this.#ports.health.breaker(site);
    if (kind !== "closed") return reason;
    return this.#pace.trouble === "" ? "the budget of the partner is used up" : this.#pace.trouble;
  }

  #read(place: CursorPlace): void {
    const { clock, health, source } = this.#ports;
    const { site, cursor } = place;
    const startedAt = clock.wallMs();
    this.#pace.began();
    this.#reading = true;
    this.#tell("reading", "");
    health.began(site);
    const reading = {
      connector: this.#spec.name,
      site,
      cursor,
      duty: { region: this.#grip.duty, epoch: this.#grip.epoch },
      timeoutMs: this.#spec.requestTimeoutMs,
      mayWrite: () => !this.#stopped && this.#grip.holds(),
    };
    let answered = false;
    const sending = source.read(reading, (answer) => {
      answered = true;
      this.#sending = null;
      health.ended(site, answer, startedAt);
      this.#answered(place, answer);
    });
    if (!answered) this.#sending = sending;
  }

  #answered(place: CursorPlace, answer: ReadAnswer): void {
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
    const unkept = { page, place: this.#leads(place, { at, cursor: page.cursor ?? place.cursor }) };
    const settles = this.#plan?.isPushedToo === true && !page.more && page.inputs.length > 0;
    if (settles && this.#drained === null) this.#keepAfter(unkept, this.#ports.rules.settleMs);
    else this.#keep(unkept);
  }

  #leads(place: CursorPlace, next: CursorMark): CursorPlace {
    const namesTime = next.cursor !== null && this.#ports.source.rewound(next.cursor, 0) !== null;
    return advanced(place, next, namesTime ? 0 : Math.max(this.#recoveryMs(), this.#plan?.lookbackMs ?? 0));
  }

  #keepAfter(unkept: Unkept, delayMs: number): void {
    const timer = this.#ports.clock.after(delayMs, () => {
      this.#unkept = null;
      this.#keep(unkept);
    });
    this.#unkept = { ...unkept, timer };
  }

  /** The next reading presents the new cursor, which tells the source that this page was taken: first it must be. */
  #keep(unkept: Unkept): void {
    const { page, place } = unkept;
    const plan = this.#plan;
    if (plan === null) return this.#free();
    if (page.inputs.length === 0 && this.#isKept(place)) return this.#taken(unkept, plan);
    const value = { ...place, home: this.#ports.home, lift: this.#lift };
    const cursor = { source: plan.source, value: cursorText(value), epoch: this.#grip.epoch + this.#lift };
    this.#reading = true;
    this.#ports.accept(page.inputs, cursor, (answer) => {
      if (answer.kind === "refused") return this.#refused(unkept, answer);
      this.#kept = value;
      this.#taken(unkept, plan);
    });
  }

  #isKept({ site, seq, cursor }: CursorPlace): boolean {
    const kept = this.#kept;
    if (kept === null) return cursor === null;
    return kept.site === site && kept.seq === seq && kept.cursor === cursor;
  }

  #taken({ page, place }: Unkept, { when }: ReadingPlan): void {
    const moves = place.cursor !== this.#place?.cursor;
    this.#place = place;
    this.#pace.ended(page.more && moves, when);
    this.#free();
  }

  /** At capacity, or where nothing can be made durable, nothing more is read. */
  #refused(unkept: Unkept, { reason, retryAfterMs }: AcceptAnswer & { readonly kind: "refused" }): void {
    if (this.#stopped || this.#drained !== null) return this.#free();
    this.#reading = false;
    this.#tell("held", refusals[reason]);
    this.#keepAfter(unkept, Math.min(retryAfterMs, this.#ports.rules.acceptRetryMs));
  }

  #free(): void {
    this.#reading = false;
    this.#turn();
  }

  #finish(done: () => void): void {
    this.#drained = () => {};
    done();
  }

  #waitUntil(at: number, state: PollReport["state"], why: string): void {
    this.#tell(state, why);
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

  #tell(state: PollReport["state"], why: string): void {
    this.#ports.tell({ state, why, lastReadAt: this.#lastReadAt });
  }
}

const refusals: Readonly<Record<(AcceptAnswer & { kind: "refused" })["reason"], string>> = {
  starting: "the region is starting",
  capacity: "the connector holds as much as it may",
  alone: "no other region can make it durable",
  full: "the store is full",
  failed: "the store fails",
};
