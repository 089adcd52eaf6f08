import type { Ledger } from "../core/ports.ts";

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

export const nothingHeld: Held = new ConnectorIndex("nothing");
