import type { ConnectorSpec } from "../define/spec.ts";
import { backoffMs } from "./breaker.ts";
import type { DispatchPorts, DispatchRules, DutyGrip } from "./dispatch-ports.ts";
import { Feeder } from "./feeder.ts";
import type { Answer, Delivery, OpenEntry, Sending, Timer } from "./ports.ts";
import type { JournalName, JournalRecord, Outcome } from "./records.ts";
import { SettlementWriter } from "./settlement-writer.ts";
import type { ChosenSite } from "./sites.ts";
import { type Item, type Lane, Window } from "./window.ts";

/** Pseudo-site of the hub, the taker of every ingress connector. */
export const hubSite = "hub";

interface Step {
  readonly item: Item;
  readonly lane: Lane;
}

/** Hands the open entries of one duty and connector to their taker (protocol rules 14 and 15). */
export class Dispatcher {
  readonly #ports: DispatchPorts;
  readonly #rules: DispatchRules;
  readonly #grip: DutyGrip;
  readonly #window: Window;
  readonly #feeder: Feeder;
  readonly #writer: SettlementWriter;
  #spec: ConnectorSpec;
  #ready: Lane[] = [];
  /** Lanes whose head waits for something to change: a site, an acknowledgement, an earlier entry elsewhere. */
  readonly #blocked = new Set<Lane>();
  readonly #sendings = new Map<Item, Sending>();
  readonly #timers = new Set<Timer>();
  #wakeUp: { at: number; timer: Timer } | null = null;
  #underWay = 0;
  #pumping = false;
  #stopped = false;
  #paused = false;
  #draining: (() => void) | null = null;

  constructor(spec: ConnectorSpec, ports: DispatchPorts, rules: DispatchRules, grip: DutyGrip) {
    this.#spec = spec;
    this.#ports = ports;
    this.#rules = rules;
    this.#grip = grip;
    this.#window = new Window(rules.window, this.#knowsKeys() ? rules.laneWindow : rules.window);
    this.#writer = new SettlementWriter(spec.name, ports);
    this.#feeder = new Feeder(
      spec,
      ports,
      grip,
      this.#window,
      (lane) => this.#offer(lane),
      () => this.poke(),
    );
  }

  /** Entries in memory or under way. */
  get size(): number {
    return this.#window.size;
  }

  start(): void {
    this.#feeder.fill();
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    this.#spec = spec;
    this.#paused = paused;
    this.#feeder.update(spec);
    this.#feeder.rescan();
    this.poke();
  }

  /** The duty is over: requests under way are ended, nothing new is started; late answers are still written. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#wakeUp?.timer.cancel();
    for (const sending of [...this.#sendings.values()]) sending.abort();
  }

  /** Starts nothing new and calls `done` once what is under way has ended and is written. */
  drain(done: () => void): void {
    this.#draining = done;
    this.#checkDrained();
  }

  /** An entry just accepted here, in memory still. */
  accepted(entry: OpenEntry): void {
    this.#feeder.arrived(entry);
    this.#pump();
  }

  /** Records that became known, from here or from a peer. */
  learned(journal: JournalName, records: readonly JournalRecord[]): void {
    this.#feeder.learned(journal, records);
    for (const record of records) {
      if (record.kind === "settlement" && !this.#grip.isUndone(this.#spec.name, record)) {
        this.#settledElsewhere(record.identity, record.round);
      }
    }
    this.poke();
  }

  /** Something that lanes may wait for has changed. */
  poke(): void {
    for (const lane of [...this.#blocked]) this.#offer(lane);
    this.#feeder.fill();
    this.#pump();
  }

  #offer(lane: Lane): void {
    this.#blocked.delete(lane);
    if (lane.busy || lane.queued || lane.items.length === 0) return;
    lane.queued = true;
    this.#ready.push(lane);
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#ready.length > 0 && this.#mayStart()) {
      const lane = this.#ready.shift();
      if (lane === undefined) break;
      lane.queued = false;
      const item = lane.items[0];
      if (item !== undefined && !lane.busy) this.#begin({ item, lane });
    }
    this.#pumping = false;
  }

  #mayStart(): boolean {
    if (this.#stopped || this.#paused || this.#draining !== null || !this.#grip.holds()) return false;
    return this.#underWay < this.#rules.underWay && this.#takerIsOpen();
  }

  /** Where all keys share one site there is no use in taking lanes up while it rests. */
  #takerIsOpen(): boolean {
    const { partner, role } = this.#spec;
    if (role === "send" && partner.topology.mode === "active-active") return true;
    const site = role === "send" ? this.#ports.chooseSite(this.#spec, "").site : hubSite;
    return this.#admits(site);
  }

  /** Whether the partner takes one more request at this site now; if not, the dispatcher is woken when it may. */
  #admits(site: string): boolean {
    const now = this.#ports.clock.monotonicMs();
    const pass = this.#ports.health.passage(site);
    const openAt = pass.kind === "rest" ? pass.untilMs : now + this.#ports.health.admit();
    if (openAt <= now) return true;
    this.#wakeAt(openAt);
    return false;
  }

  /** Takes the head of a lane through what comes before sending; each step may put it aside. */
  #begin(step: Step): void {
    const { item, lane } = step;
    const { entry } = item;
    if (item.gone) return this.#retire(step);
    if (this.#spec.ordering !== "none" && !this.#feeder.passed(entry)) return this.#block(lane);
    if (!this.#ports.releasable(this.#spec, entry)) return this.#block(lane);
    if (
      this.#spec.expiresAfterMs !== null &&
      entry.acceptedAt + this.#spec.expiresAfterMs <= this.#ports.clock.wallMs()
    ) {
      return this.#settle(step, "expired", "not delivered in time");
    }
    if (this.#spec.ordering === "latest" && this.#supersededBy(lane, item)) {
      return this.#settle(step, "superseded", "a later one of its key is there");
    }
    this.#occupy(lane);
    this.#feeder.whenFirst(entry, lane.key, (first) => {
      if (first) this.#resolveSuspicion(step);
      else this.#vacate(lane, true);
    });
  }

  /** Of a key only the newest matters: by its number where it has one, else by its place. */
  #supersededBy(lane: Lane, item: Item): boolean {
    const { sequence } = item.entry;
    return lane.items.some((other) => {
      if (other === item || other.gone) return false;
      const theirs = other.entry.sequence;
      if (sequence === null || theirs === null || sequence.of !== theirs.of) return true;
      return theirs.number > sequence.number;
    });
  }

  #resolveSuspicion(step: Step): void {
    const { item } = step;
    const { onUnknown } = this.#spec;
    if (!item.suspect || onUnknown.kind === "resend" || this.#spec.role !== "send") return this.#choose(step);
    item.suspect = false;
    if (onUnknown.kind === "hold") {
      return this.#settle(step, "unknown", "taken over from a region that may have sent it");
    }
    item.asks = true;
    this.#retryAfter(step, onUnknown.afterMs);
  }

  #choose(step: Step): void {
    const chosen = this.#chosenFor(step.item, step.lane);
    const site = chosen?.site ?? hubSite;
    if (!this.#admits(site)) return this.#vacate(step.lane, true);
    if (step.item.asks) return this.#ask(step, chosen);
    this.#translated(step, chosen);
  }

  #chosenFor(item: Item, lane: Lane): ChosenSite | null {
    return this.#spec.role === "send" ? this.#ports.chooseSite(this.#spec, lane.key ?? item.entry.identity) : null;
  }

  #translated(step: Step, chosen: ChosenSite | null): void {
    const { item } = step;
    const site = chosen?.site ?? null;
    if (item.translation !== null && item.translatedFor === site) return this.#send(step, chosen, item.translation);
    this.#ports.translator.translate(this.#spec.name, item.entry, site, (translation) => {
      item.translation = translation;
      item.translatedFor = site;
      if (!this.#mayGoOn(step)) return;
      this.#send(step, chosen, translation);
    });
  }

  /** After a pause in another component: the world may have moved on. */
  #mayGoOn(step: Step): boolean {
    if (step.item.gone) {
      this.#retire(step);
      return false;
    }
    if (this.#stopped || this.#draining !== null || !this.#grip.holds()) {
      this.#vacate(step.lane, true);
      return false;
    }
    return true;
  }

  #send(step: Step, chosen: ChosenSite | null, translation: NonNullable<Item["translation"]>): void {
    if (translation.kind === "ignored") return this.#settle(step, "ignored", null);
    if (translation.kind === "fault") return this.#settle(step, "faulted", translation.reason, chosen);
    const { item } = step;
    item.attempts += 1;
    item.firstAttemptAt ??= this.#ports.clock.wallMs();
    const startedAt = this.#ports.clock.wallMs();
    const delivery = this.#delivery(step, chosen, translation.output);
    this.#ports.health.began(chosen?.site ?? hubSite);
    let answered = false;
    const sending = this.#ports.taker.send(delivery, (answer) => {
      answered = true;
      this.#sendings.delete(item);
      this.#ports.health.ended(chosen?.site ?? hubSite, answer, startedAt);
      this.#answered(step, chosen, answer);
    });
    if (!answered) this.#sendings.set(item, sending);
  }

  #delivery({ item, lane }: Step, chosen: ChosenSite | null, output: unknown): Delivery {
    const { entry } = item;
    return {
      connector: this.#spec.name,
      site: chosen?.site ?? null,
      identity: entry.identity,
      round: entry.round,
      attempt: item.attempts,
      key: lane.key,
      output,
      payload: entry.payload,
      duty: { region: this.#grip.duty, epoch: this.#grip.epoch },
      timeoutMs: this.#spec.requestTimeoutMs,
      mayWrite: () => !item.gone && !this.#stopped && this.#grip.holds(),
    };
  }

  #answered(step: Step, chosen: ChosenSite | null, answer: Answer): void {
    const { item } = step;
    switch (answer.verdict) {
      case "delivered":
        return this.#settle(step, "delivered", null, chosen);
      case "fault":
        return this.#settle(step, "faulted", answer.reason, chosen);
      case "wait":
      case "retry":
        if (this.#gaveUp(item)) return this.#settle(step, "faulted", `gave up: ${answer.reason}`, chosen);
        return this.#retryAfter(step, answer.waitMs ?? this.#backoff(item));
      case "unknown":
        return this.#unknown(step, answer, chosen);
    }
  }

  #unknown(step: Step, answer: Answer, chosen: ChosenSite | null): void {
    if (this.#stopped) return;
    const { onUnknown } = this.#spec;
    switch (onUnknown.kind) {
      case "resend":
        if (this.#gaveUp(step.item)) return this.#settle(step, "faulted", `gave up: ${answer.reason}`, chosen);
        return this.#retryAfter(step, this.#backoff(step.item));
      case "hold":
        return this.#settle(step, "unknown", answer.reason, chosen);
      case "lookup":
        step.item.asks = true;
        return this.#retryAfter(step, onUnknown.afterMs);
    }
  }

  #ask(step: Step, chosen: ChosenSite | null): void {
    const { item } = step;
    const site = chosen?.site ?? hubSite;
    const startedAt = this.#ports.clock.wallMs();
    this.#ports.health.began(site);
    this.#ports.taker.lookup(this.#delivery(step, chosen, null), (found) => {
      const verdict = found === "unknown" ? "unknown" : "delivered";
      const against = found === "unknown" ? "site" : "nobody";
      this.#ports.health.ended(site, { verdict, against, sent: false, waitMs: null, reason: "lookup" }, startedAt);
      if (found === "found") return this.#settle(step, "delivered", "found by lookup", chosen);
      if (found === "not-found") item.asks = false;
      item.attempts += 1;
      this.#retryAfter(step, found === "not-found" ? 0 : this.#backoff(item));
    });
  }

  #gaveUp(item: Item): boolean {
    const { giveUpAfterMs } = this.#spec.retry;
    if (giveUpAfterMs === null || item.firstAttemptAt === null) return false;
    return this.#ports.clock.wallMs() - item.firstAttemptAt >= giveUpAfterMs;
  }

  #backoff(item: Item): number {
    return backoffMs(this.#spec.retry, Math.max(1, item.attempts), this.#ports.random);
  }

  #retryAfter(step: Step, delayMs: number): void {
    if (this.#stopped) return;
    this.#underWay -= 1;
    const timer = this.#ports.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      step.lane.busy = false;
      if (step.item.gone) this.#retire(step);
      else this.#offer(step.lane);
      this.#pump();
    });
    this.#timers.add(timer);
    this.#checkDrained();
    this.#pump();
  }

  /** Writes how the entry ended. Its key goes on at once: the writing only has to come before it is forgotten. */
  #settle(step: Step, outcome: Outcome, reason: string | null, chosen: ChosenSite | null = null): void {
    const { item, lane } = step;
    if (!lane.busy) this.#occupy(lane);
    const { identity, round } = item.entry;
    const troubled = outcome === "faulted" || outcome === "unknown";
    if (troubled && lane.key !== null) this.#feeder.troubled(lane.key);
    this.#feeder.closing(identity);
    this.#writer.write(
      {
        kind: "settlement",
        identity,
        round,
        outcome,
        site: chosen?.site ?? null,
        home: chosen?.home ?? null,
        siteSeq: chosen?.seq ?? 0,
        time: this.#ports.clock.wallMs(),
        reason,
        person: null,
      },
      () => {
        this.#feeder.closed(identity);
        this.#checkDrained();
        this.#feeder.fill();
        this.#pump();
      },
    );
    this.#retire(step);
  }

  #retire(step: Step): void {
    const { item, lane } = step;
    this.#window.remove(item, lane);
    this.#blocked.delete(lane);
    if (lane.busy) this.#vacate(lane, false);
    else this.#offer(lane);
    if (lane.items.length === 0 && lane.more) this.#feeder.refillLane(lane);
    this.#feeder.fill();
    this.#pump();
  }

  #occupy(lane: Lane): void {
    lane.busy = true;
    this.#underWay += 1;
  }

  #vacate(lane: Lane, blocked: boolean): void {
    lane.busy = false;
    this.#underWay -= 1;
    if (blocked) this.#blocked.add(lane);
    else this.#offer(lane);
    this.#checkDrained();
  }

  #block(lane: Lane): void {
    this.#blocked.add(lane);
  }

  #settledElsewhere(identity: string, round: number): void {
    const item = this.#window.get(identity);
    if (item === undefined || item.entry.round > round) return;
    item.gone = true;
  }

  /** One timer for everything that waits for a site or for the budget. */
  #wakeAt(at: number): void {
    if (!Number.isFinite(at) || this.#stopped) return;
    if (this.#wakeUp !== null && this.#wakeUp.at <= at) return;
    this.#wakeUp?.timer.cancel();
    const timer = this.#ports.clock.after(Math.max(0, at - this.#ports.clock.monotonicMs()), () => {
      this.#wakeUp = null;
      this.poke();
    });
    this.#wakeUp = { at, timer };
  }

  #checkDrained(): void {
    if (this.#draining === null || this.#underWay > 0 || this.#writer.pending > 0) return;
    const done = this.#draining;
    this.#draining = () => {};
    done();
  }

  #knowsKeys(): boolean {
    return this.#spec.role === "send";
  }
}
