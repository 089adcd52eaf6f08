import type { ConnectorSpec } from "../define/spec.ts";
import type { DispatchRules, DutyGrip, Work } from "./dispatch-ports.ts";
import { type DutyLease, Lease, type LeaseOptions } from "./lease.ts";
import type { Clock, Handed, Journal, Observer, OpenEntry, Random, Timer, Voter } from "./ports.ts";
import { type JournalName, type JournalRecord, journalName, type SettlementRecord, type Vector } from "./records.ts";
import { type Beginning, doubtedUpTo, isSuspect } from "./suspicion.ts";
import { positionOf } from "./vector.ts";
import { type WorkPorts, workOf } from "./work.ts";

export interface LoanPorts {
  readonly self: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly voters: readonly Voter[];
  readonly observer: Observer;
  readonly rules: DispatchRules;
  workPorts(spec: ConnectorSpec): WorkPorts;
  isUndone(connector: string, settlement: SettlementRecord): boolean;
}

export interface LoanTerms {
  readonly duty: string;
  /** Epoch of the duty's own lease that the exception is one of. */
  readonly rowEpoch: number;
  /** Asks as soon as the exception is free; otherwise gives the other side time. */
  readonly atOnce: boolean;
  /** The acting region's own lease of the duty must be held as well; absent for the region that it was lent to. */
  readonly row?: DutyLease;
  /** What the one before told, and the highest epoch of the exception by then; null: it told nothing. */
  readonly handed: (Handed & { readonly epoch: number }) | null;
}

export interface LoanOptions extends LoanTerms {
  readonly lease: Omit<LeaseOptions, "duty" | "exception" | "home" | "wants">;
}

/** One connector of a duty under a lease of its own (exception), for the sake of a link (protocol rule 24). */
export class Loan {
  readonly duty: string;
  readonly rowEpoch: number;
  readonly #options: LoanOptions;
  readonly #ports: LoanPorts;
  readonly #lease: Lease;
  readonly #ended: () => void;
  #spec: ConnectorSpec;
  #paused: boolean;
  #work: Work | null = null;
  #patience: Timer | null = null;
  #returning = false;
  #beginning: Beginning | null = null;

  /** @param ended called once when the exception lapsed, or was not to be had in time */
  constructor(spec: ConnectorSpec, paused: boolean, options: LoanOptions, ports: LoanPorts, ended: () => void) {
    this.duty = options.duty;
    this.rowEpoch = options.rowEpoch;
    this.#spec = spec;
    this.#paused = paused;
    this.#options = options;
    this.#ports = ports;
    this.#ended = ended;
    const exception = { connector: spec.name, rowEpoch: options.rowEpoch };
    this.#lease = new Lease(
      { ...options.lease, duty: options.duty, exception, home: options.atOnce, wants: () => false },
      ports.clock,
      ports.random,
      ports.voters,
      { acquired: (epoch, _mark, last) => this.#acquired(epoch, last), lapsed: () => this.#over() },
    );
  }

  /** Asks for the exception, and ends where it was not to be had within this time. */
  seekFor(giveUpMs: number): void {
    this.#patience = this.#ports.clock.after(giveUpMs, () => this.#over());
    this.#lease.seek();
  }

  /** Asks for the exception after a while, for as long as it takes. */
  seekAfter(delayMs: number): void {
    this.#patience = this.#ports.clock.after(delayMs, () => this.#lease.seek());
  }

  get acts(): boolean {
    const { row } = this.#options;
    return this.#work !== null && !this.#returning && this.#lease.holds() && (row === undefined || row.holds());
  }

  /** Up to where entries that are open still may have been sent before it was acted for here. */
  doubted(held: Vector): Vector {
    return this.#beginning === null ? held : doubtedUpTo(this.#beginning, held);
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    this.#spec = spec;
    this.#paused = paused;
    this.#work?.update(spec, paused);
  }

  accepted(entry: OpenEntry): void {
    this.#work?.accepted(entry);
  }

  learned(journal: JournalName, records: readonly JournalRecord[]): void {
    this.#work?.learned(journal, records);
  }

  poke(): void {
    this.#work?.poke();
  }

  stop(): void {
    this.#patience?.cancel();
    this.#lease.stop();
    this.#work?.stop();
    this.#work = null;
  }

  /** Ends what is under way; `done` with the epoch under which it was done, null where the lease lapsed over it. */
  drain(done: (epoch: number | null) => void): void {
    const { epoch } = this.#lease;
    if (this.#work === null || epoch === null || this.#returning) return;
    this.#returning = true;
    this.#work.drain(() => done(this.#work !== null && this.#lease.epoch === epoch ? epoch : null));
  }

  /** Lets the exception go for good. */
  release(): void {
    const work = this.#work;
    this.#work = null;
    work?.stop();
    this.#lease.release(null);
    this.stop();
  }

  #acquired(epoch: number, lastEpoch: number): void {
    this.#patience?.cancel();
    const { duty, row } = this.#options;
    const beginning = this.#beginningAfter(lastEpoch);
    this.#beginning = beginning;
    const grip: DutyGrip = {
      duty,
      epoch,
      adopted: beginning.before === null,
      holds: () => this.#lease.epoch === epoch && this.#lease.holds() && (row === undefined || row.holds()),
      isSuspect: (entry) => isSuspect(this.#spec, beginning, entry),
      isUndone: (connector, settlement) => this.#ports.isUndone(connector, settlement),
    };
    this.#work = workOf(this.#spec, this.#paused, this.#ports.workPorts(this.#spec), this.#ports.rules, grip);
    this.#ports.observer.observe({ kind: "duty", duty: `${duty}/${this.#spec.name}`, epoch, state: "acting" });
    this.#work.start();
  }

  /** What was told counts only if nobody acted since. */
  #beginningAfter(lastEpoch: number): Beginning {
    const { journal, self } = this.#ports;
    const { handed } = this.#options;
    const own = journalName(self, journal.incarnation);
    const before = handed !== null && lastEpoch <= handed.epoch ? handed : null;
    return { own, head: positionOf(before?.held ?? journal.vector(this.#spec.name), own), before };
  }

  #over(): void {
    this.stop();
    this.#ended();
  }
}
