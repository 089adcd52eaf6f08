import type { ConnectorSpec } from "../define/spec.ts";
import { Dispatcher } from "./dispatch.ts";
import type { DispatchPorts, DispatchRules, DutyGrip } from "./dispatch-ports.ts";
import type { Lease } from "./lease.ts";
import type { Clock, HandbackMark, Journal, Observer, OpenEntry, Timer, WriteResult } from "./ports.ts";
import { type JournalName, type JournalRecord, journalName, type SettlementRecord, type Vector } from "./records.ts";
import type { LeaseTimings } from "./timings.ts";
import { positionOf } from "./vector.ts";

type Suspicion = (spec: ConnectorSpec, entry: OpenEntry) => boolean;

/** What a duty needs of the region. */
export interface DutyPorts {
  /** The region that acts. */
  readonly self: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly timings: LeaseTimings;
  readonly rules: DispatchRules;
  readonly lease: Lease;
  specs(): readonly { readonly spec: ConnectorSpec; readonly paused: boolean }[];
  dispatchPorts(spec: ConnectorSpec): DispatchPorts;
  /** Reads all journals from every reachable peer once more. */
  refresh(done: () => void): void;
  write(connector: string, records: readonly JournalRecord[], done: (result: WriteResult) => void): void;
  isUndone(connector: string, settlement: SettlementRecord): boolean;
}

type State =
  | { readonly kind: "away" }
  /** Holds the lease, reads what a former holder left. */
  | { readonly kind: "preparing"; readonly epoch: number; readonly handback: HandbackMark | null }
  | { readonly kind: "acting"; readonly epoch: number }
  | { readonly kind: "returning"; readonly epoch: number };

/** To act for all journals of one region, while its lease is held (protocol rules 18 to 23). */
export class Duty {
  readonly region: string;
  readonly #ports: DutyPorts;
  readonly #dispatchers = new Map<string, Dispatcher>();
  #state: State = { kind: "away" };
  #markTimer: Timer | null = null;
  #suspicion: Suspicion = () => true;

  constructor(region: string, ports: DutyPorts) {
    this.region = region;
    this.#ports = ports;
  }

  get state(): State["kind"] {
    return this.#state.kind;
  }

  acts(): boolean {
    return this.#state.kind === "acting" && this.#ports.lease.holds();
  }

  acquired(epoch: number, handback: HandbackMark | null): void {
    this.#enter({ kind: "preparing", epoch, handback });
    if (handback === null) return this.#ports.refresh(() => this.#act(epoch, null));
    this.#markTimer = this.#ports.clock.after(2 * this.#ports.timings.ttlMs, () =>
      this.#ports.refresh(() => this.#act(epoch, null)),
    );
    this.#checkMark();
  }

  lapsed(): void {
    this.#markTimer?.cancel();
    for (const dispatcher of this.#dispatchers.values()) dispatcher.stop();
    this.#dispatchers.clear();
    this.#enter({ kind: "away" });
  }

  accepted(connector: string, entry: OpenEntry): void {
    this.#dispatchers.get(connector)?.accepted(entry);
  }

  learned(connector: string, journal: JournalName, records: readonly JournalRecord[]): void {
    this.#dispatchers.get(connector)?.learned(journal, records);
    this.#checkMark();
  }

  poke(connector: string): void {
    this.#dispatchers.get(connector)?.poke();
  }

  setConnector(spec: ConnectorSpec, paused: boolean): void {
    const dispatcher = this.#dispatchers.get(spec.name);
    if (dispatcher !== undefined) dispatcher.update(spec, paused);
    else if (this.#state.kind === "acting") this.#dispatch(spec, paused, this.#state.epoch);
  }

  removeConnector(name: string): void {
    this.#dispatchers.get(name)?.stop();
    this.#dispatchers.delete(name);
  }

  /**
   * Gives the duty back to its home: starts nothing new, lets requests end, marks the end, releases (rule 22).
   *
   * @param done called once the lease is released, or was lost meanwhile
   */
  giveBack(done: () => void): void {
    if (this.#state.kind !== "acting") return done();
    const { epoch } = this.#state;
    this.#enter({ kind: "returning", epoch });
    const dispatchers = [...this.#dispatchers.values()];
    let open = dispatchers.length;
    const next = (): void => {
      if (this.#state.kind === "returning" && this.#state.epoch === epoch) this.#mark(epoch, done);
      else done();
    };
    if (open === 0) return next();
    for (const dispatcher of dispatchers) dispatcher.drain(() => --open === 0 && next());
  }

  /** A marker in every journal written here, so that home knows when it has read all that was done. */
  #mark(epoch: number, done: () => void): void {
    const { journal } = this.#ports;
    const own = journalName(this.#ports.self, journal.incarnation);
    const connectors = journal.connectors();
    const marks: Record<string, { journal: JournalName; position: number; held: Vector }> = {};
    let open = connectors.length;
    const finish = (): void => {
      if (this.#ports.lease.epoch === epoch) this.#ports.lease.release({ epoch, marks });
      this.lapsed();
      done();
    };
    if (open === 0) return finish();
    for (const connector of connectors) {
      const held = journal.vector(connector);
      const count = positionOf(held, own) + 1;
      this.#ports.write(connector, [{ kind: "handback", duty: this.region, epoch, count }], (result) => {
        const position = result.kind === "written" ? result.positions[0] : undefined;
        if (typeof position === "number") marks[connector] = { journal: own, position, held };
        open -= 1;
        if (open === 0) finish();
      });
    }
  }

  #checkMark(): void {
    if (this.#state.kind !== "preparing" || this.#state.handback === null) return;
    const { epoch, handback } = this.#state;
    const read = Object.entries(handback.marks).every(
      ([connector, mark]) => positionOf(this.#ports.journal.vector(connector), mark.journal) >= mark.position,
    );
    if (read) this.#act(epoch, handback);
  }

  #act(epoch: number, handback: HandbackMark | null): void {
    if (this.#state.kind !== "preparing" || this.#state.epoch !== epoch) return;
    this.#markTimer?.cancel();
    this.#suspicion = this.#suspicionAt(epoch, handback);
    this.#enter({ kind: "acting", epoch });
    for (const { spec, paused } of this.#ports.specs()) this.#dispatch(spec, paused, epoch);
  }

  /**
   * Which entries a former holder may have sent: all that are there now, unless nobody held the duty before, or a
   * planned return told what became of them. What is asked for by `lookup` is asked in any case.
   */
  #suspicionAt(epoch: number, handback: HandbackMark | null): Suspicion {
    const { journal } = this.#ports;
    const own = journalName(this.#ports.self, journal.incarnation);
    const heads = new Map(
      journal.connectors().map((connector) => [connector, positionOf(journal.vector(connector), own)]),
    );
    return (spec, entry) => {
      const acceptedSince = entry.journal === own && entry.position > (heads.get(spec.name) ?? 0);
      if (epoch === 1 || acceptedSince || entry.round > 0) return false;
      const held = handback?.marks[spec.name]?.held ?? {};
      return spec.onUnknown.kind === "lookup" || entry.position > positionOf(held, entry.journal);
    };
  }

  #dispatch(spec: ConnectorSpec, paused: boolean, epoch: number): void {
    const grip: DutyGrip = {
      duty: this.region,
      epoch,
      holds: () => this.#ports.lease.epoch === epoch && this.#ports.lease.holds(),
      isSuspect: (entry) => this.#suspicion(spec, entry),
      isUndone: (connector, settlement) => this.#ports.isUndone(connector, settlement),
    };
    const dispatcher = new Dispatcher(spec, paused, this.#ports.dispatchPorts(spec), this.#ports.rules, grip);
    this.#dispatchers.set(spec.name, dispatcher);
    dispatcher.start();
  }

  #enter(state: State): void {
    this.#state = state;
    const epoch = state.kind === "away" ? 0 : state.epoch;
    this.#ports.observer.observe({ kind: "duty", duty: this.region, epoch, state: state.kind });
  }
}
