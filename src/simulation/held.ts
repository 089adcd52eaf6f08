import type { Journal, Ledger } from "../core/ports.ts";

import type { Outcome, Vector } from "../core/records.ts";
import type { KnownSwitch } from "../core/settlement.ts";
import { ConnectorIndex } from "../journal/index/connector-index.ts";

/** What a region has of one connector, as whoever judges it from beside sees it. */
export interface Held {
  readonly switches: readonly KnownSwitch[];
  vector(): Vector;
  ledger(): Ledger;
  report(identity: string): { readonly outcome: Outcome | null } | null;
}

/** @param journal answers at once */
export const heldBy = (journal: Journal, connector: string): Held => ({
  switches: journal.switches(connector),
  vector: () => journal.vector(connector),
  ledger: () => journal.ledger(connector),
  report: (identity) => {
    let found: { readonly outcome: Outcome | null } | null = null;
    journal.report(connector, identity, (report) => {
      found = report;
    });
    return found;
  },
});

export const nothingHeld: Held = new ConnectorIndex("nothing");
