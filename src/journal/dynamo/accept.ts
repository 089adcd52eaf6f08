import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, StoreFailure } from "../../core/ports.ts";
import type { EntryRecord } from "../../core/records.ts";
import { putEntry, type ReplicaTables } from "./entries.ts";
import { conflictItem } from "./items.ts";

export interface DynamoAcceptOptions {
  readonly region: string;
  /** All of the environment, this one included. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  /** Of the connector, in this region. */
  readonly table: Table;
  /** Set where entries must be in another region before they are here. */
  readonly replicas: ReplicaTables | null;
}

export type Accepted =
  | { readonly kind: "accepted" }
  /** The identity was accepted before, here or elsewhere, with this payload. */
  | { readonly kind: "known"; readonly payload: string }
  /** `isAlone`: it must be in another region, and none was reached. Nothing was written here. */
  | (StoreFailure & { readonly isAlone: boolean });

/** Accepts entries of one connector without its journals: they are numbered later, by its engine. */
export class DynamoAccept {
  readonly #options: DynamoAcceptOptions;

  constructor(options: DynamoAcceptOptions) {
    this.#options = options;
  }

  accept(entry: EntryRecord, done: Done<Accepted>): void {
    putEntry(this.#options, entry, (result) => {
      switch (result.kind) {
        case "put":
          return done({ kind: "accepted" });
        case "known":
          return done({ kind: "known", payload: result.payload });
        case "refused":
          return done(result);
      }
    });
  }

  /** Keeps what came under the identity of another content, to be listed. `done(false)`: the table did not take it. */
  conflict(identity: string, payload: string, done: Done<boolean>): void {
    const { region, clock, table } = this.#options;
    const item = conflictItem(region, { kind: "conflict", identity, payload, time: clock.wallMs() });
    table.put(item, null, ({ kind }) => done(kind === "written"));
  }

  /** Whether the table answers now. */
  probe(done: Done<boolean>): void {
    this.#options.table.get([{ pk: `${this.#options.region}#s`, sk: "status" }], false, ({ kind }) =>
      done(kind === "got"),
    );
  }
}
