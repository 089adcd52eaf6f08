import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, Journal, Random, Segment } from "../../core/ports.ts";
import type { ConnectorIndex } from "../index/connector-index.ts";
import type { ReplicaTables } from "./entries.ts";
import { incarnationOf } from "./incarnation.ts";
import { journalsOfRegion } from "./items.ts";
import { DynamoJournal } from "./journal.ts";
import { DynamoPeers } from "./peers.ts";

export interface DynamoStoreOptions {
  readonly region: string;
  /** All of the environment, this one included. */
  readonly regions: readonly string[];
  readonly connector: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the connector, in this region. */
  readonly table: Table;
  /** Of the region, not replicated. */
  readonly regionalTable: Table;
  /** Set where entries must be in another region before they are here. */
  readonly replicas?: ReplicaTables | null;
  /** A region whose gateway has not been heard of lately. */
  isStale(region: string): boolean;
  /** How long a write is tried before it is refused, in milliseconds. Default 5,000. */
  readonly giveUpAfterMs?: number;
  /** An entry of a lost region is taken over when it has waited for so long. Milliseconds. Default 5,000. */
  readonly rescueAfterMs?: number;
  /** Pages after the last checkpoint that are worth a new one. Default 50. */
  readonly checkpointPages?: number;
  /** Whether other regions are told how far this one is: by one process, that knows. Default true. */
  readonly tells?: boolean;
}

/** The journals of one connector on DynamoDB, as an engine works with them. */
export class DynamoStore {
  readonly journal: Journal;
  readonly peers: DynamoPeers;
  readonly #options: DynamoStoreOptions;
  readonly #journal: DynamoJournal;

  constructor(options: DynamoStoreOptions) {
    const { connector, table, replicas = null } = options;
    this.#options = options;
    this.#journal = new DynamoJournal({ ...options, table: () => table, replicas: () => replicas });
    this.journal = this.#journal;
    const store = this.#journal.store(connector);
    this.peers = new DynamoPeers({ ...options, journal: this.#journal, store });
  }

  /** What is known of the journals, without payloads. */
  get index(): ConnectorIndex {
    return this.#journal.store(this.#options.connector).index;
  }

  /** Reads all that is here, and which incarnation is written. `done(false)`: the tables did not answer; ask again. */
  open(done: Done<boolean>): void {
    const { regionalTable, connector, clock } = this.#options;
    incarnationOf(
      regionalTable,
      connector,
      clock,
      (written) => this.#isWritten(written),
      (incarnation) => {
        if (incarnation === null) return done(false);
        this.#journal.recorded(incarnation);
        // Whoever writes for the region writes on where all of its processes do.
        this.#journal.begin(incarnation);
        this.#journal.load(connector, done);
      },
    );
  }

  /**
   * Numbers what was accepted, and reads what other processes wrote: of this region, and of those that are not heard of.
   * `done(null)`: the table did not answer.
   */
  sweep(done: Done<readonly Segment[] | null>): void {
    const { region, regions, connector, isStale } = this.#options;
    const store = this.#journal.store(connector);
    const read = regions.filter((other) => other === region || isStale(other));
    const next = (at: number): void => {
      const other = read[at];
      if (other === undefined) return done([...store.told.takeFresh(), ...store.told.takeForeign()]);
      store.readOf(other, (well) => (well ? next(at + 1) : done(null)));
    };
    store.inbox.sequence((numbered) => (numbered === null ? done(null) : next(0)));
  }

  /**
   * Takes over what a lost region accepted and did not number: only for whoever holds its duty.
   * `done(null)`: the table did not answer.
   */
  rescue(lost: string, done: Done<number | null>): void {
    this.#journal.store(this.#options.connector).inbox.rescue(lost, done);
  }

  /** Has the next one who opens read less, where it is worth it. What fails is done the next time. */
  checkpoint(done: () => void): void {
    this.#journal.store(this.#options.connector).checkpointer.write(done);
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#journal.store(this.#options.connector).payloads.close();
  }

  #isWritten(done: Done<boolean | null>): void {
    const { table, region } = this.#options;
    table.query({ pk: journalsOfRegion(region), limit: 1, consistent: true }, (journals) => {
      if (journals.kind === "failed") return done(null);
      done(journals.items.length > 0);
    });
  }
}
