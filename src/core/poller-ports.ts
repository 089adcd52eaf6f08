import type { AcceptAnswer } from "./acceptor.ts";
import type { PartnerHealth } from "./partner.ts";
import type { AcceptInput, Clock, Done, Journal, Observer, Random, Source } from "./ports.ts";
import type { ChosenSite } from "./sites.ts";

/** What a poller needs of the region around it. */
export interface PollPorts {
  /** The region whose duty the connector's poll duty goes with: its holder polls. */
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly source: Source;
  /** Of the partner that is read. */
  readonly health: PartnerHealth;
  readonly observer: Observer;
  chooseSite(): ChosenSite;
  /** Entries and the cursor that covers them, as one unit; answered once they are as durable as the connector says. */
  accept(
    inputs: readonly AcceptInput[],
    cursor: { readonly source: string; readonly value: string; readonly epoch: number },
    done: Done<AcceptAnswer>,
  ): void;
}
