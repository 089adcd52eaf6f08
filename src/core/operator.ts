import type { Clock, Done, IdentityReport, Journal, WriteResult } from "./ports.ts";
import type { JournalRecord, SettlementRecord } from "./records.ts";
import { needsPerson } from "./settlement.ts";

export interface Decision {
  readonly person: string;
  readonly reason: string | null;
}

export type DecisionResult =
  | { readonly kind: "done"; readonly identity: string }
  /** Nothing was changed. */
  | { readonly kind: "refused"; readonly identity: string; readonly why: string };

type Step = (report: IdentityReport) => JournalRecord | string;

/** What a person decides on faults and unknowns. Each decision is a record of its own and stays. */
export class Operator {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #write: (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>) => void;

  constructor(
    clock: Clock,
    journal: Journal,
    write: (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>) => void,
  ) {
    this.#clock = clock;
    this.#journal = journal;
    this.#write = write;
  }

  /** Opens faulted or unknown entries again; they are translated anew and go before the later ones of their key. */
  resubmit(connector: string, identities: readonly string[], decision: Decision, done: Done<DecisionResult[]>): void {
    this.#each(connector, identities, done, (report) =>
      report.outcome !== null && needsPerson(report.outcome)
        ? { ...this.#resubmission(report, decision) }
        : `it is ${report.outcome ?? "pending"}, not faulted or unknown`,
    );
  }

  /** Gives entries up for good. Pending ones too, so that a connector can be taken away. */
  discard(connector: string, identities: readonly string[], decision: Decision, done: Done<DecisionResult[]>): void {
    this.#each(connector, identities, done, (report) =>
      report.outcome === null || needsPerson(report.outcome)
        ? this.#settlement(report, "discarded", decision)
        : `it is ${report.outcome}`,
    );
  }

  /** Says what became of entries whose answer was not seen. */
  settleUnknown(
    connector: string,
    identities: readonly string[],
    as: "delivered" | "resend",
    decision: Decision,
    done: Done<DecisionResult[]>,
  ): void {
    this.#each(connector, identities, done, (report) => {
      if (report.outcome !== "unknown") return `it is ${report.outcome ?? "pending"}, not unknown`;
      return as === "delivered"
        ? this.#settlement(report, "delivered", decision)
        : this.#resubmission(report, decision);
    });
  }

  #resubmission(report: IdentityReport, { person, reason }: Decision): JournalRecord {
    const { identity, round, entries } = report;
    const of = Object.fromEntries(entries.map(({ journal, position }) => [journal, position]));
    return { kind: "resubmit", identity, round: round + 1, of, person, reason, time: this.#clock.wallMs() };
  }

  #settlement(
    { identity, round }: IdentityReport,
    outcome: "discarded" | "delivered",
    { person, reason }: Decision,
  ): SettlementRecord {
    const place = { site: null, home: null, siteSeq: 0 };
    return { kind: "settlement", identity, round, outcome, ...place, time: this.#clock.wallMs(), reason, person };
  }

  #each(connector: string, identities: readonly string[], done: Done<DecisionResult[]>, step: Step): void {
    const results: DecisionResult[] = [];
    const rest = [...identities];
    const next = (): void => {
      const identity = rest.shift();
      if (identity === undefined) return done(results);
      const refuse = (why: string): void => {
        results.push({ kind: "refused", identity, why });
        next();
      };
      this.#journal.report(connector, identity, (report) => {
        if (report === null) return refuse("no such entry");
        const record = step(report);
        if (typeof record === "string") return refuse(record);
        this.#write(connector, [record], (result) => {
          if (result.kind === "refused") return refuse(`the store refuses: ${result.detail}`);
          results.push({ kind: "done", identity });
          next();
        });
      });
    };
    next();
  }
}
