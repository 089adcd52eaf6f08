import type { ConnectorSpec } from "../define/spec.ts";
import type { DispatchRules, DutyGrip, Work } from "./dispatch-ports.ts";
import type { DutyLease } from "./lease.ts";
import type { Loan, LoanTerms } from "./loan.ts";
import type { Clock, HandbackMark, Journal, Observer, OpenEntry, Timer, WriteResult } from "./ports.ts";
import { type JournalName, type JournalRecord, journalName, type SettlementRecord, type Vector } from "./records.ts";
import { type Beginning, doubtedUpTo, isSuspect } from "./suspicion.ts";
import type { LeaseTimings } from "./timings.ts";
import { positionOf } from "./vector.ts";
import { type WorkPorts, workOf } from "./work.ts";

/** What a duty needs of the region. */
export interface DutyPorts {
  /** The region that acts. */
  readonly self: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly timings: LeaseTimings;
  readonly rules: DispatchRules;
  readonly lease: DutyLease;
  specs(): readonly { readonly spec: ConnectorSpec; readonly paused: boolean }[];
  workPorts(spec: ConnectorSpec): WorkPorts;
  /** Reads all journals from every reachable peer once more. */
  refresh(done: () => void): void;
  write(connector: string, records: readonly JournalRecord[], done: (result: WriteResult) => void): void;
  isUndone(connector: string, settlement: SettlementRecord): boolean;
  /** A lease of its own for one connector of the duty. */
  loan(spec: ConnectorSpec, paused: boolean, terms: LoanTerms, ended: () => void): Loan;
}

type State =
  | { readonly kind: "away" }
  /** Holds the lease, reads what a former holder left. */
  | { readonly kind: "preparing"; readonly epoch: number; readonly last: HandbackMark | "nobody" | null }
  | { readonly kind: "acting"; readonly epoch: number }
  | { readonly kind: "returning"; readonly epoch: number };

/** To act for all journals of one region, while its lease is held (protocol rules 18 to 23). */
export class Duty {
  readonly region: string;
  readonly #ports: DutyPorts;
  readonly #works = new Map<string, Work>();
  /** Connectors that were lent to another region, or are acted for under a lease of their own since. */
  readonly #loans = new Map<string, Loan>();
  /** Connectors whose requests are let end before they are handed over. */
  readonly #lending = new Set<string>();
  #state: State = { kind: "away" };
  #markTimer: Timer | null = null;
  /** How the acting began, per connector. */
  #beginning: (connector: string) => Beginning;

  constructor(region: string, ports: DutyPorts) {
    this.region = region;
    this.#ports = ports;
    this.#beginning = this.#beginningAt(null);
  }

  get state(): State["kind"] {
    return this.#state.kind;
  }

  acts(): boolean {
    return this.#state.kind === "acting" && this.#ports.lease.holds();
  }

  /** @param last what the holder before told; null: nothing, `nobody`: there was none */
  acquired(epoch: number, last: HandbackMark | "nobody" | null): void {
    this.#enter({ kind: "preparing", epoch, last });
    if (last === null || last === "nobody") return this.#ports.refresh(() => this.#act(epoch, last));
    this.#markTimer = this.#ports.clock.after(2 * this.#ports.timings.ttlMs, () =>
      this.#ports.refresh(() => this.#act(epoch, null)),
    );
    this.#checkMark();
  }

  lapsed(): void {
    this.#markTimer?.cancel();
    for (const work of this.#works.values()) work.stop();
    this.#works.clear();
    for (const loan of this.#loans.values()) loan.stop();
    this.#loans.clear();
    this.#lending.clear();
    this.#enter({ kind: "away" });
  }

  accepted(connector: string, entry: OpenEntry): void {
    this.#works.get(connector)?.accepted(entry);
    this.#loans.get(connector)?.accepted(entry);
  }

  learned(connector: string, journal: JournalName, records: readonly JournalRecord[]): void {
    this.#works.get(connector)?.learned(journal, records);
    this.#loans.get(connector)?.learned(journal, records);
    for (const record of records) {
      if (record.kind !== "handback" || record.duty !== this.region || record.to !== this.#ports.self) continue;
      const { epoch, doubted = {} } = record;
      this.#takeBack(connector, { journal, held: this.#ports.journal.vector(connector), doubted, epoch });
    }
    this.#checkMark();
  }

  poke(connector: string): void {
    this.#works.get(connector)?.poke();
    this.#loans.get(connector)?.poke();
  }

  setConnector(spec: ConnectorSpec, paused: boolean): void {
    const work = this.#works.get(spec.name);
    const loan = this.#loans.get(spec.name);
    if (work !== undefined) work.update(spec, paused);
    else if (loan !== undefined) loan.update(spec, paused);
    else if (this.#state.kind === "acting") this.#dispatch(spec, paused, this.#state.epoch);
  }

  removeConnector(name: string): void {
    this.#works.get(name)?.stop();
    this.#works.delete(name);
    this.#loans.get(name)?.stop();
    this.#loans.delete(name);
  }

  /** Whether the connector is acted for here. */
  actsOn(connector: string): boolean {
    return this.acts() && (this.#works.has(connector) || this.#loans.get(connector)?.acts === true);
  }

  /** Whether the connector is in another region's hands, for its link. */
  hasLent(connector: string): boolean {
    return this.acts() && this.#loans.get(connector)?.acts === false;
  }

  /** Hands one connector to a region with a better link: ends what is under way, says so in the journal (rule 24). */
  lend(connector: string, to: string): void {
    if (this.#state.kind !== "acting" || this.#lending.has(connector)) return;
    const { epoch } = this.#state;
    const work = this.#works.get(connector);
    const loan = this.#loans.get(connector);
    this.#lending.add(connector);
    const written = (): void => {
      if (this.#state.kind !== "acting" || this.#state.epoch !== epoch) return;
      this.#lending.delete(connector);
      work?.stop();
      this.#works.delete(connector);
      loan?.release();
      this.#loans.delete(connector);
      this.#takeBack(connector, null);
    };
    const drained = (): void => {
      // After a lapse requests were cut short: nothing can be told of them.
      if (this.#ports.lease.epoch !== epoch) return;
      this.#ports.lease.lend(connector, (ok) => {
        if (!ok || this.#ports.lease.epoch !== epoch) return;
        const rest = { count: this.#written(connector) + 1, doubted: this.#doubted(connector) };
        this.#ports.write(connector, [{ kind: "handback", duty: this.region, epoch, to, ...rest }], written);
      });
    };
    if (loan !== undefined) loan.drain((drainedUnder) => drainedUnder !== null && drained());
    else work?.drain(drained);
  }

  /** @param handed what the borrower told when it was done; null: it is given two ttl to begin, and to lapse */
  #takeBack(connector: string, handed: LoanTerms["handed"]): void {
    const deployed = this.#ports.specs().find(({ spec }) => spec.name === connector);
    if (this.#state.kind !== "acting" || deployed === undefined || this.#works.has(connector)) return;
    if (this.#loans.get(connector)?.acts) return;
    this.#loans.get(connector)?.stop();
    const terms = {
      duty: this.region,
      rowEpoch: this.#state.epoch,
      row: this.#ports.lease,
      atOnce: handed !== null,
      handed,
    };
    const loan = this.#ports.loan(deployed.spec, deployed.paused, terms, () => {
      this.#loans.delete(connector);
      this.#lending.delete(connector);
      this.#takeBack(connector, null);
    });
    this.#loans.set(connector, loan);
    loan.seekAfter(handed !== null ? 0 : 2 * this.#ports.timings.ttlMs);
  }

  /** Highest position of the own journal. */
  #written(connector: string): number {
    const { journal, self } = this.#ports;
    return positionOf(journal.vector(connector), journalName(self, journal.incarnation));
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
    const underWay = [...this.#works.values(), ...[...this.#loans.values()].filter((loan) => loan.acts)];
    let open = underWay.length;
    const next = (): void => {
      if (this.#state.kind === "returning" && this.#state.epoch === epoch) this.#mark(epoch, done);
      else done();
    };
    if (open === 0) return next();
    for (const each of underWay) each.drain(() => --open === 0 && next());
  }

  /** A marker in every journal written here, so that home knows when it has read all that was done. */
  #mark(epoch: number, done: () => void): void {
    const { journal } = this.#ports;
    const own = journalName(this.#ports.self, journal.incarnation);
    const connectors = journal.connectors();
    const marks: Record<string, HandbackMark["marks"][string]> = {};
    let open = connectors.length;
    const finish = (): void => {
      for (const loan of this.#loans.values()) loan.release();
      if (this.#ports.lease.epoch === epoch) this.#ports.lease.release({ epoch, marks });
      this.lapsed();
      done();
    };
    if (open === 0) return finish();
    for (const connector of connectors) {
      const held = journal.vector(connector);
      // What is being lent may still be under way.
      const doubted = this.#lending.has(connector) ? held : this.#doubted(connector);
      const count = positionOf(held, own) + 1;
      this.#ports.write(connector, [{ kind: "handback", duty: this.region, epoch, to: null, count }], (result) => {
        const position = result.kind === "written" ? result.positions[0] : undefined;
        if (typeof position === "number") marks[connector] = { journal: own, position, held, doubted };
        open -= 1;
        if (open === 0) finish();
      });
    }
  }

  #checkMark(): void {
    if (this.#state.kind !== "preparing") return;
    const { epoch, last } = this.#state;
    if (last === null || last === "nobody") return;
    const read = Object.entries(last.marks).every(
      ([connector, mark]) => positionOf(this.#ports.journal.vector(connector), mark.journal) >= mark.position,
    );
    if (read) this.#act(epoch, last);
  }

  #act(epoch: number, last: HandbackMark | "nobody" | null): void {
    if (this.#state.kind !== "preparing" || this.#state.epoch !== epoch) return;
    this.#markTimer?.cancel();
    this.#beginning = this.#beginningAt(last);
    this.#enter({ kind: "acting", epoch });
    for (const { spec, paused } of this.#ports.specs()) this.#dispatch(spec, paused, epoch);
  }

  #beginningAt(last: HandbackMark | "nobody" | null): (connector: string) => Beginning {
    const { journal, self } = this.#ports;
    const own = journalName(self, journal.incarnation);
    const heads = new Map(journal.connectors().map((name) => [name, positionOf(journal.vector(name), own)]));
    return (connector) => ({
      own,
      head: heads.get(connector) ?? 0,
      before: last === null || last === "nobody" ? last : (last.marks[connector] ?? null),
    });
  }

  /** Of a connector in another region's hands, or whose own lease lapsed, nothing is known. */
  #doubted(connector: string): Vector {
    const held = this.#ports.journal.vector(connector);
    const loan = this.#loans.get(connector);
    if (loan !== undefined) return loan.doubted(held);
    return this.#works.has(connector) ? doubtedUpTo(this.#beginning(connector), held) : held;
  }

  #dispatch(spec: ConnectorSpec, paused: boolean, epoch: number): void {
    if (this.#ports.lease.isLent(spec.name)) return this.#takeBack(spec.name, null);
    const grip: DutyGrip = {
      duty: this.region,
      epoch,
      adopted: this.#beginning(spec.name).before === null,
      holds: () => this.#ports.lease.epoch === epoch && this.#ports.lease.holds(),
      isSuspect: (entry) => isSuspect(spec, this.#beginning(spec.name), entry),
      isUndone: (connector, settlement) => this.#ports.isUndone(connector, settlement),
    };
    const work = workOf(spec, paused, this.#ports.workPorts(spec), this.#ports.rules, grip);
    this.#works.set(spec.name, work);
    work.start();
  }

  #enter(state: State): void {
    this.#state = state;
    const epoch = state.kind === "away" ? 0 : state.epoch;
    this.#ports.observer.observe({ kind: "duty", duty: this.region, epoch, state: state.kind });
  }
}
