import type { ConnectorSpec } from "../define/spec.ts";
import type { Loan, LoanTerms } from "./loan.ts";
import type { Journal, OpenEntry, WriteResult } from "./ports.ts";
import { type HandbackRecord, type JournalName, type JournalRecord, journalName, journalParts } from "./records.ts";
import { positionOf } from "./vector.ts";

export interface BorrowedPorts {
  readonly self: string;
  readonly ttlMs: number;
  readonly journal: Journal;
  deployed(connector: string): { readonly spec: ConnectorSpec; readonly paused: boolean } | undefined;
  loan(spec: ConnectorSpec, paused: boolean, terms: LoanTerms, ended: () => void): Loan;
  write(connector: string, records: readonly JournalRecord[], done: (result: WriteResult) => void): void;
}

interface One {
  readonly loan: Loan;
  readonly lender: string;
  readonly connector: string;
}

/** Connectors of other regions' duties, acted for here for the sake of a link (protocol rule 24). */
export class Borrowed {
  readonly #ports: BorrowedPorts;
  /** By `<duty>/<connector>`. */
  readonly #loans = new Map<string, One>();

  constructor(ports: BorrowedPorts) {
    this.#ports = ports;
  }

  /** Whether the connector is acted for here in place of whoever holds the duty. */
  acts(connector: string, duty: string): boolean {
    return this.#loans.get(`${duty}/${connector}`)?.loan.acts === true;
  }

  /** The same, of any duty. */
  actsOn(connector: string): boolean {
    return this.of(connector).some((loan) => loan.acts);
  }

  of(connector: string): readonly Loan[] {
    return [...this.#loans.values()].filter((each) => each.connector === connector).map(({ loan }) => loan);
  }

  /** Takes up what a record of the lender hands over; ends where the exception is not to be had within two ttl. */
  take(connector: string, journal: JournalName, record: HandbackRecord): void {
    const key = `${record.duty}/${connector}`;
    const deployed = this.#ports.deployed(connector);
    if (deployed === undefined || this.#loans.has(key)) return;
    const { duty, epoch, doubted = {} } = record;
    const handed = { journal, held: this.#ports.journal.vector(connector), doubted, epoch };
    const terms = { duty, rowEpoch: epoch, atOnce: true, handed };
    const loan = this.#ports.loan(deployed.spec, deployed.paused, terms, () => this.#loans.delete(key));
    this.#loans.set(key, { loan, connector, lender: journalParts(journal).region });
    loan.seekFor(2 * this.#ports.ttlMs);
  }

  /** Gives back what its lender can do again. */
  considerReturns(canTake: (lender: string, spec: ConnectorSpec) => boolean): void {
    for (const [key, one] of this.#loans) {
      const spec = this.#ports.deployed(one.connector)?.spec;
      if (spec !== undefined && canTake(one.lender, spec)) this.#giveBack(key, one, () => {});
    }
  }

  /** Lets go of every loan of a duty that this region holds now itself: it would act twice. */
  endOf(duty: string): void {
    this.#end(({ loan }) => loan.duty === duty);
  }

  endConnector(name: string): void {
    this.#end(({ connector }) => connector === name);
  }

  /** Gives everything back; `done` once what was under way has ended. */
  giveAllBack(done: () => void): void {
    this.#end(({ loan }) => !loan.acts);
    let open = this.#loans.size;
    if (open === 0) return done();
    for (const [key, one] of [...this.#loans]) this.#giveBack(key, one, () => --open === 0 && done());
  }

  /** An entry was accepted here, in a journal of this duty. */
  accepted(connector: string, duty: string, entry: OpenEntry): void {
    this.#loans.get(`${duty}/${connector}`)?.loan.accepted(entry);
  }

  #giveBack(key: string, { loan, lender, connector }: One, done: () => void): void {
    loan.drain((epoch) => {
      if (epoch === null) return done();
      const { journal, self } = this.#ports;
      const own = journalName(self, journal.incarnation);
      const held = journal.vector(connector);
      const rest = { count: positionOf(held, own) + 1, doubted: loan.doubted(held) };
      const handback = { kind: "handback", duty: loan.duty, epoch, to: lender, ...rest } as const;
      this.#ports.write(connector, [handback], () => {
        loan.release();
        this.#loans.delete(key);
        done();
      });
    });
  }

  #end(isMeant: (one: One) => boolean): void {
    for (const [key, one] of this.#loans) {
      if (!isMeant(one)) continue;
      one.loan.release();
      this.#loans.delete(key);
    }
  }
}
