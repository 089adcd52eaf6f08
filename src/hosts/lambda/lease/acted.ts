import type { HandbackMark } from "../../../core/ports.ts";
import type { DutyRow } from "./duty-row.ts";

/** Where the last record of one connector under a duty stands, and what was held then. */
export type Mark = HandbackMark["marks"][string];

/** What engines of one connector did for a duty, as its claim tells. */
export interface Acted {
  /** Under which they acted last. */
  readonly epoch: number;
  /** The engine that holds the claim acts, or is about to. */
  readonly acting: boolean;
  /** How it ended; null: it acts, or it ended without telling. */
  readonly mark: Mark | null;
  /** It was lent to another region under this epoch, and comes back under a lease of its own. */
  readonly lent: boolean;
}

/** By duty. */
export type ActedFor = Readonly<Record<string, Acted>>;

/** What whoever acted last for a connector has told; `nobody`: nobody has ever acted. */
export type Before =
  | { readonly kind: "nobody" }
  | { readonly kind: "told"; readonly epoch: number; readonly mark: Mark }
  | { readonly kind: "untold"; readonly epoch: number };

/** What counts of what engines here and regions elsewhere told of a connector: an engine here is later, if it acted at all. */
export const beforeOf = (row: DutyRow, acted: Acted | undefined, connector: string): Before => {
  if (acted !== undefined && acted.epoch >= row.since) {
    const { epoch, mark } = acted;
    return mark === null ? { kind: "untold", epoch } : { kind: "told", epoch, mark };
  }
  const mark = row.handback?.marks[connector];
  if (mark !== undefined) return { kind: "told", epoch: row.lastEpoch, mark };
  return row.lastEpoch === 0 ? { kind: "nobody" } : { kind: "untold", epoch: row.lastEpoch };
};
