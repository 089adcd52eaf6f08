import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, Place, StoreFailure } from "../../core/ports.ts";
import { type EntryRecord, journalParts } from "../../core/records.ts";
import type { ConnectorIndex } from "../index/connector-index.ts";
import { putEach } from "./entries.ts";
import { entryKey, expiryAt } from "./items.ts";
import type { PageLog } from "./log.ts";

export interface NumberingPorts {
  readonly region: string;
  /** All that may have written, this one included. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  readonly table: Table;
  readonly index: ConnectorIndex;
  readonly log: PageLog;
}

/** Records that are written together at most. */
export const recordsPerPage = 300;

/** Gives entries of the region, whose items stand, their numbers: it names them in pages. */
export class Numbering {
  readonly #ports: NumberingPorts;

  constructor(ports: NumberingPorts) {
    this.#ports = ports;
  }

  /** Where the region's own entry of an identity stands; null: it has no number. */
  placeOf(identity: string): Place | null {
    const { region, index } = this.#ports;
    return index.placesOf(identity).find(({ journal }) => journalParts(journal).region === region) ?? null;
  }

  number(entries: readonly EntryRecord[], done: Done<StoreFailure | null>): void {
    const chunk = entries.slice(0, recordsPerPage);
    if (chunk.length === 0) return done(null);
    this.#ports.log.append({
      records: () => {
        const left = chunk.filter(({ identity }) => this.placeOf(identity) === null);
        return left.length === 0 ? null : left;
      },
      done: (result) => {
        if (result.kind === "refused") return done(result);
        for (const { identity } of chunk) this.mend(identity);
        this.number(entries.slice(recordsPerPage), done);
      },
    });
  }

  /** The entry's item learns its number and leaves the inbox; where this is not done, the next sequencer does it. */
  mend(identity: string): void {
    const place = this.placeOf(identity);
    if (place === null) return;
    const { region, table } = this.#ports;
    const change = { set: { journal: place.journal, position: place.position }, remove: ["inbox"] };
    table.update(entryKey(region, identity), change, { kind: "present" }, () => {});
  }

  /** An entry that another region has taken over gets no number here. */
  giveUp(identity: string): void {
    const { region, table, clock } = this.#ports;
    const change = { set: { ttl: expiryAt(clock) }, remove: ["inbox"] };
    table.update(entryKey(region, identity), change, { kind: "present" }, () => {});
  }

  /** Puts items of the region, whatever other regions have of these entries. */
  putOwn(entries: readonly EntryRecord[], done: Done<StoreFailure | null>): void {
    const { region } = this.#ports;
    putEach({ ...this.#ports, regions: [region], replicas: null }, entries, () => {}, done);
  }
}
