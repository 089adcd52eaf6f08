import type { AcceptAnswer } from "./acceptor.ts";
import type { PartnerHealth } from "./partner.ts";
import type { AcceptInput, Clock, Done, Journal, Observer, Random, Source } from "./ports.ts";
import type { ChosenSite } from "./sites.ts";

/** What a poller needs of the region around it. */
export interface PollPorts {
  /** The region whose duty the connector's poll duty goes with: its holder polls. */
  readonly home: string;
  readonly rules: PollRules;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly source: Source;
  /** Of the partner that is read. */
  readonly health: PartnerHealth;
  readonly observer: Observer;
  readonly gaps: GapQuestions;
  chooseSite(): ChosenSite;
  /** Entries and the cursor that covers them (null: it stands where it stood), as one unit; answered once they are as durable as the connector says. */
  accept(
    inputs: readonly AcceptInput[],
    cursor: { readonly source: string; readonly value: string; readonly epoch: number } | null,
    done: Done<AcceptAnswer>,
  ): void;
  /** Answered once what an earlier reading accepted here is as durable as the connector says. */
  whenDurable(done: Done<AcceptAnswer>): void;
  /** What it does now; null: it ended. */
  tell(report: PollReport | null): void;
}

export interface PollRules {
  /** A page that was refused is offered to the journal again after this long at the latest, in milliseconds. */
  readonly acceptRetryMs: number;
  /** What is pushed to us too is taken from what was read only this much later: what is on its way comes first. */
  readonly settleMs: number;
  /** A number that is missing this long is asked for. */
  readonly gapAfterMs: number;
  /** Without a gap it is read this often all the same: the last of a series leaves none. Milliseconds. */
  readonly quietRunMs: number;
  /** By how much wall clocks of regions may differ. */
  readonly clockSkewMs: number;
}

/** What is missing of their numbering. */
export interface GapQuestions {
  /** When reading for what is missing is called for. Monotonic, ms; Infinity: nothing calls for it. */
  dueAt(): number;
  /** Reading begins, which goes on until the source has no more. */
  asked(): void;
  concluded(): void;
}

export interface PollReport {
  readonly state: "reading" | "waiting" | "held" | "refused";
  /** Why it does not read, in words; empty where there is nothing to say. */
  readonly why: string;
  /** When the source answered last. Wall clock, ms; null: not yet. */
  readonly lastReadAt: number | null;
  /** When it is asked again by itself. Wall clock, ms; null: it is being asked, or that has no time. */
  readonly nextReadAt: number | null;
}
