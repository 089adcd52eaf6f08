import type { Place } from "../../core/ports.ts";
import type { EntryRecord, JournalName, JournalRecord, Outcome, SettlementRecord } from "../../core/records.ts";
import { type EntryState, needsPerson } from "../../core/settlement.ts";

/** An entry whose payload is kept elsewhere: it is empty here. */
export interface LightEntry extends EntryRecord {
  /** Length of its payload. */
  readonly bytes: number;
}

export interface Placed {
  readonly journal: JournalName;
  readonly position: number;
  readonly record: EntryRecord;
  /** Length of its payload, also where that is kept elsewhere. */
  readonly bytes: number;
  readonly known: Known;
}

/** All that is known of one identity. */
export interface Known {
  readonly identity: string;
  readonly entries: Placed[];
  readonly settlements: SettlementRecord[];
  readonly resubmissions: (Place & { readonly round: number })[];
  state: EntryState;
}

/** Whether it is not forgotten, and its identity is not settled. */
export const isOpen = (placed: Placed | undefined): placed is Placed =>
  placed !== undefined && placed.known.state.kind === "open" && placed.known.entries.includes(placed);

export const isTroubled = ({ state }: Known): boolean =>
  state.kind === "settled" && needsPerson(state.settlement.outcome);

export const isLight = (record: JournalRecord): record is LightEntry => record.kind === "entry" && "bytes" in record;

/** How many were settled, by outcome. */
export type ForgottenCounts = Readonly<Partial<Record<Outcome, number>>>;

/** An entry of which nothing is known any more. */
export interface ForgottenEntry {
  readonly journal: JournalName;
  readonly identity: string;
  readonly position: number;
  readonly bytes: number;
}

/** Length of the payload, also where that is kept elsewhere. */
export const bytesOf = (record: EntryRecord): number => (isLight(record) ? record.bytes : record.payload.length);

export const lightened = (record: EntryRecord): LightEntry =>
  isLight(record) ? record : { ...record, payload: "", bytes: record.payload.length };

/** @param payload what was kept elsewhere */
export const filled = <T extends EntryRecord>(entry: T, payload: string): T => {
  const whole = { ...entry, payload };
  Reflect.deleteProperty(whole, "bytes");
  return whole;
};
