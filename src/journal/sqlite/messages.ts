import type { JournalName, Outcome, Vector } from "../../core/records.ts";
import type { KnownSwitch } from "../../core/settlement.ts";
import type { Row } from "./codec.ts";

/** What the main thread asks of the worker. `journal` is the one being written, or the one that a segment continues. */
export type Command =
  | { readonly do: "accept"; readonly connector: string; readonly journal: JournalName; readonly row: Row }
  | { readonly do: "write"; readonly connector: string; readonly journal: JournalName; readonly rows: readonly Row[] }
  | {
      readonly do: "apply";
      readonly connector: string;
      readonly journal: JournalName;
      readonly from: number;
      readonly to: number;
      readonly rows: readonly Row[];
      /** Of each row. */
      readonly positions: readonly number[];
      /** Journals of the own region that the records name and that were not noted before. */
      readonly named: readonly JournalName[];
    }
  /** Where an identity stands. */
  | { readonly do: "find"; readonly connector: string; readonly identity: string }
  | { readonly do: "drop"; readonly connector: string }
  | { readonly do: "limit"; readonly bytes: number };

export type Answer =
  | { readonly is: "accepted"; readonly position: number }
  | { readonly is: "known"; readonly journal: JournalName; readonly position: number; readonly payload: string }
  | { readonly is: "written"; readonly positions: readonly (number | null)[] }
  | { readonly is: "found"; readonly anchor: number | null }
  | { readonly is: "done" };

export interface Tally {
  accepted: number;
  pending: number;
  pendingBytes: number;
  conflicts: number;
  readonly byOutcome: Record<Outcome, number>;
}

export const emptyTally = (): Tally => ({
  accepted: 0,
  pending: 0,
  pendingBytes: 0,
  conflicts: 0,
  byOutcome: { delivered: 0, superseded: 0, ignored: 0, expired: 0, discarded: 0, faulted: 0, unknown: 0 },
});

export interface CursorState {
  readonly value: string;
  readonly epoch: number;
}

/** What the main thread keeps of one connector. Its size does not depend on what the journals hold. */
export interface ConnectorState {
  readonly name: string;
  readonly number: number;
  readonly vector: Vector;
  readonly pruned: Vector;
  /** Numbers of the journals in the tables. */
  readonly numbers: Readonly<Record<JournalName, number>>;
  readonly switches: readonly KnownSwitch[];
  readonly cursors: Readonly<Record<string, CursorState>>;
  /** What each reader of a feed has acknowledged. */
  readonly consumers: Readonly<Record<string, Vector>>;
  readonly tally: Tally;
}

export interface Changes {
  readonly connectors: readonly ConnectorState[];
  readonly dropped: readonly string[];
}
