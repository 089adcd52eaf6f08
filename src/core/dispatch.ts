import type { ConnectorSpec } from "../define/spec.ts";
import { type Carried, Courier } from "./courier.ts";
import type { DispatchPorts, DispatchRules, DutyGrip, Work } from "./dispatch-ports.ts";
import { Feeder } from "./feeder.ts";
import { type Looked, NumberOrder } from "./number-order.ts";
import type { OpenEntry, Timer } from "./ports.ts";
import type { JournalName, JournalRecord, Outcome } from "./records.ts";
import { needsPerson } from "./settlement.ts";
import { SettlementWriter } from "./settlement-writer.ts";
import type { ChosenSite } from "./sites.ts";
import { type Item, isBefore, type Lane, Window } from "./window.ts";

/** Decides which open entry of one duty and connector goes next, and records what came of it (protocol rule 14). */
export class Dispatcher implements Work {
  readonly #ports: DispatchPorts;
  readonly #rules: DispatchRules;
  readonly #grip: DutyGrip;
  readonly #window: Window;
  readonly #feeder: Feeder;
  readonly #numbers: NumberOrder;
  readonly #courier: Courier;
  readonly #writer: SettlementWriter;
  #spec: ConnectorSpec;
  #ready: Lane[] = [];
  /** Lanes whose head waits for something to change: a site, an acknowledgement, an earlier entry elsewhere. */
  readonly #blocked = new Set<Lane>();
  readonly #timers = new Set<Timer>();
  #wakeUp: { readonly at: number; readonly timer: Timer } | null = null;
  #underWay = 0;
  /** Counts what lanes may have waited for. */
  #pokes = 0;
  #pumping = false;
  #stopped = false;
  #paused = false;
  #drained: (() => void) | null = null;

  constructor(spec: ConnectorSpec, paused: boolean, ports: DispatchPorts, rules: DispatchRules, grip: DutyGrip) {
    this.#spec = spec;
    this.#paused = paused;
    this.#ports = ports;
    this.#rules = rules;
    this.#grip = grip;
    // Keys of ingress messages are known only once they were read, so none can be left out to be read later.
    this.#window = new Window(rules.window, spec.role === "send" ? rules.laneWindow : rules.window);
    this.#writer = new SettlementWriter(spec.name, ports, rules.storeRetryMs);
    this.#feeder = new Feeder(
      spec,
      ports,
      grip,
      this.#window,
      (lane) => this.#offer(lane),
      () => this.poke(),
    );
    const mayStart = () => this.#mayStart();
    const wakeAt = (at: number): void => this.#wakeAt(at);
    const isClosing = (identity: string): boolean => this.#feeder.isClosing(identity);
    this.#numbers = new NumberOrder(spec, ports, grip, this.#window, isClosing, wakeAt);
    this.#courier = new Courier(spec, ports, grip, mayStart, wakeAt);
  }

  start(): void {
    this.#feeder.start();
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    this.#spec = spec;
    this.#paused = paused;
    this.#courier.update(spec);
    this.#feeder.update(spec);
    this.#numbers.update(spec);
    for (const item of this.#window.items()) item.translation = null;
    this.poke();
  }

  /** The duty is over: requests under way are ended, nothing new is started; late answers are still written. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#wakeUp?.timer.cancel();
    this.#courier.stop();
  }

  /** Starts nothing new and calls `done` once what is under way has ended and is written. */
  drain(done: () => void): void {
    this.#drained = done;
    this.#checkDrained();
  }

  /** An entry just accepted here, in memory still. */
  accepted(entry: OpenEntry): void {
    const isAwaited = this.#numbers.came(entry);
    this.#feeder.arrived(entry);
    if (isAwaited) this.poke();
    else this.#pump();
  }

  /** Records that became known, from here or from a peer. */
  learned(journal: JournalName, records: readonly JournalRecord[]): void {
    this.#feeder.learned(journal, records);
    for (const record of records) {
      if (record.kind === "entry") this.#numbers.came(record);
      if (record.kind !== "settlement" || this.#grip.isUndone(this.#spec.name, record)) continue;
      const item = this.#window.get(record.identity);
      if (item !== undefined && item.entry.round <= record.round) item.gone = true;
    }
    this.poke();
  }

  /** Something that lanes may wait for has changed. */
  poke(): void {
    this.#pokes += 1;
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
    this.#feeder.catchUp();
    this.#pumping = true;
    while (this.#ready.length > 0 && this.#underWay < this.#rules.underWay && this.#mayStart()) {
      if (!this.#courier.takerIsOpen()) break;
      const lane = this.#ready.shift();
      if (lane === undefined) break;
      lane.queued = false;
      const item = lane.items[0];
      if (item !== undefined && !lane.busy) this.#begin(lane, item);
    }
    this.#pumping = false;
  }

  #mayStart(): boolean {
    return !this.#stopped && !this.#paused && this.#drained === null && this.#grip.holds();
  }

  /** Takes the head of a lane up, unless it has to wait or needs no taker. */
  #begin(lane: Lane, item: Item): void {
    const { entry } = item;
    if (item.gone) return this.#retire(lane, item);
    if (!this.#isScanned(entry) || !this.#ports.releasable(this.#spec, entry)) {
      this.#blocked.add(lane);
      return;
    }
    lane.busy = true;
    this.#underWay += 1;
    const ending = this.#endsUnsent(lane, item);
    if (ending !== null) return this.#settle(lane, item, ending.outcome, ending.reason, null);
    const pokes = this.#pokes;
    const carried = (how: Carried): void => this.#carried(lane, item, how, pokes !== this.#pokes);
    this.#whenFirst(lane, item, (looked) => {
      if (looked.kind === "first") return this.#letGoFirst(lane, looked.item);
      const isNext = looked.kind === "go" && !item.gone && this.#isFirstStill(lane, item);
      if (isNext && this.#mayStart()) this.#courier.carry(item, lane.key, carried);
      else carried({ kind: "held" });
    });
  }

  /** Nothing is unknown here that goes before it; of what is numbered the journal is asked. */
  #isScanned(entry: OpenEntry): boolean {
    if (this.#spec.ordering === "none") return true;
    return this.#numbers.rules(entry) ? !this.#feeder.isBehind : this.#feeder.passed(entry);
  }

  #whenFirst(lane: Lane, item: Item, done: (looked: Looked) => void): void {
    const { entry } = item;
    if (this.#numbers.rules(entry)) this.#numbers.look(lane, item, entry, done);
    else this.#feeder.whenFirst(entry, lane.key, (first) => done({ kind: first ? "go" : "wait" }));
  }

  #letGoFirst(lane: Lane, item: Item): void {
    this.#underWay -= 1;
    lane.busy = false;
    this.#window.lead(item, lane);
    this.#offer(lane);
    this.#checkDrained();
    this.#pump();
  }

  /** A switch that came while the head was looked at may have opened entries before it again. */
  #isFirstStill(lane: Lane, { entry }: Item): boolean {
    if (this.#spec.ordering === "none") return true;
    if (this.#numbers.rules(entry)) return !this.#feeder.isBehind;
    const [, second] = lane.items;
    return this.#feeder.passed(entry) && (second === undefined || isBefore(entry, second.entry));
  }

  #endsUnsent(lane: Lane, item: Item): { readonly outcome: Outcome; readonly reason: string } | null {
    const { expiresAfterMs, ordering } = this.#spec;
    if (expiresAfterMs !== null && item.entry.acceptedAt + expiresAfterMs <= this.#ports.clock.wallMs()) {
      return { outcome: "expired", reason: "not delivered in time" };
    }
    if (ordering === "latest" && isSuperseded(lane, item)) {
      return { outcome: "superseded", reason: "a later one of its key is there" };
    }
    return null;
  }

  /** @param changed what it waits for may have come while it was looked for */
  #carried(lane: Lane, item: Item, carried: Carried, changed: boolean): void {
    if (carried.kind === "ended") return this.#settle(lane, item, carried.outcome, carried.reason, carried.chosen);
    this.#underWay -= 1;
    if (carried.kind === "later" && !item.gone) this.#resumeAfter(lane, carried.afterMs);
    else {
      this.#free(lane);
      if (item.gone) this.#retire(lane, item);
      else if (changed) this.#offer(lane);
      else this.#blocked.add(lane);
    }
    this.#checkDrained();
    this.#pump();
  }

  #free(lane: Lane): void {
    lane.busy = false;
    this.#window.settleOrder(lane);
  }

  #resumeAfter(lane: Lane, delayMs: number): void {
    if (this.#stopped) return;
    const timer = this.#ports.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#free(lane);
      this.#offer(lane);
      this.#pump();
    });
    this.#timers.add(timer);
  }

  /** Writes how the entry ended. Its key goes on at once: the writing only has to come before it is forgotten. */
  #settle(lane: Lane, item: Item, outcome: Outcome, reason: string | null, chosen: ChosenSite | null): void {
    const { identity, round } = item.entry;
    const troubled = needsPerson(outcome);
    if (troubled && lane.key !== null) this.#feeder.troubled(identity, lane.key);
    this.#feeder.closing(identity);
    const place = { site: chosen?.site ?? null, home: chosen?.home ?? null, siteSeq: chosen?.seq ?? 0 };
    const time = this.#ports.clock.wallMs();
    const why = reason ?? item.remark;
    const settlement = {
      kind: "settlement",
      identity,
      round,
      outcome,
      ...place,
      time,
      reason: why,
      person: null,
    } as const;
    this.#writer.write(settlement, () => {
      this.#feeder.closed(identity);
      // Answered by a site that was left meanwhile: it is open still.
      if (this.#grip.isUndone(this.#spec.name, settlement)) this.#feeder.rescan();
      this.#checkDrained();
    });
    this.#underWay -= 1;
    lane.busy = false;
    this.#retire(lane, item);
    this.#checkDrained();
    this.#pump();
  }

  #retire(lane: Lane, item: Item): void {
    this.#window.remove(item, lane);
    this.#feeder.retired(item.entry.identity);
    this.#blocked.delete(lane);
    if (lane.items.length === 0 && lane.more) this.#feeder.refillLane(lane);
    else this.#offer(lane);
    this.#feeder.fill();
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
    if (this.#drained === null || this.#underWay > 0 || this.#writer.pending > 0) return;
    const done = this.#drained;
    this.#drained = () => {};
    done();
  }
}

/** Of a key only the newest matters: by its number where it has one, else by its place. */
const isSuperseded = ({ items, newest }: Lane, item: Item): boolean => {
  const { sequence } = item.entry;
  if (sequence !== null && newest?.of === sequence.of && newest.number > sequence.number) return true;
  return items.some(({ entry, gone }) => {
    const isNumberedAlike = sequence !== null && entry.sequence?.of === sequence.of;
    return entry !== item.entry && !gone && !isNumberedAlike;
  });
};
