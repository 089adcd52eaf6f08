import type { PositionedRecord, Segment } from "../../core/ports.ts";
import { type JournalName, type JournalRecord, journalParts } from "../../core/records.ts";

/** What was read and is yet to be told of, in order: what this process wrote itself it knows. */
export class Told {
  readonly #connector: string;
  readonly #region: string;
  readonly #fresh: Segment[] = [];
  readonly #foreign: Segment[] = [];
  readonly #askedFor = new WeakSet<JournalRecord>();

  constructor(connector: string, region: string) {
    this.#connector = connector;
    this.#region = region;
  }

  /** Who wrote this knows of it. */
  askedFor(record: JournalRecord): void {
    this.#askedFor.add(record);
  }

  taken(segment: Segment): void {
    const isOwn = journalParts(segment.journal).region === this.#region;
    const records = segment.records.filter(({ record }) => !this.#askedFor.has(record));
    if (records.length > 0) (isOwn ? this.#fresh : this.#foreign).push({ ...segment, records });
  }

  /** What was read of the region's own journals, written by other processes, since this was asked last. */
  takeFresh(): readonly Segment[] {
    return this.#fresh.splice(0);
  }

  /** What was read of other regions' journals since this was asked last. */
  takeForeign(): readonly Segment[] {
    return this.#foreign.splice(0);
  }

  /** Where other entries stand before these, and are yet to be told of: then these are told of after them. */
  isLater(journal: JournalName, placed: readonly PositionedRecord[]): boolean {
    const entries = placed.filter(({ record }) => record.kind === "entry");
    const [first] = entries;
    const isBehind = this.#fresh.some(({ records }) => records.some(({ record }) => record.kind === "entry"));
    if (first === undefined || !isBehind) return false;
    const to = entries.at(-1)?.position ?? first.position;
    this.#fresh.push({ connector: this.#connector, journal, from: first.position - 1, to, records: entries });
    return true;
  }
}
