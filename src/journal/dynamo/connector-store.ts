import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, Random, Segment, StoreFailure } from "../../core/ports.ts";
import { type JournalName, type JournalRecord, journalName, journalParts, type Vector } from "../../core/records.ts";
import { ConnectorIndex } from "../index/connector-index.ts";
import { isLight } from "../index/known.ts";
import { Accepting } from "./accepting.ts";
import { Batches } from "./batches.ts";
import { Checkpointer } from "./checkpointer.ts";
import type { ReplicaTables } from "./entries.ts";
import { InOrder } from "./in-order.ts";
import { Inbox } from "./inbox.ts";
import { journalsOfRegion } from "./items.ts";
import { PageLog } from "./log.ts";
import { Numbering } from "./numbering.ts";
import { Payloads } from "./payloads.ts";
import { PageReader } from "./reader.ts";
import { statusIn, statusKey } from "./status.ts";
import { Told } from "./told.ts";

export interface StorePorts {
  readonly region: string;
  /** All that may have written, this one included. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly table: Table;
  /** Set where an entry must be in another region before it is here. */
  readonly replicas: ReplicaTables | null;
  readonly giveUpAfterMs: number;
  /** An entry of a lost region is taken over when it has waited for so long. Milliseconds. */
  readonly rescueAfterMs: number;
  /** Pages after the last checkpoint that are worth a new one. */
  readonly checkpointPages: number;
}

/** The journals of one connector: what the table holds, and the index of it in memory. */
export class ConnectorStore {
  readonly index: ConnectorIndex;
  readonly payloads: Payloads;
  readonly told: Told;
  readonly inbox: Inbox;
  readonly accepting: Accepting;
  readonly batches: Batches;
  readonly checkpointer: Checkpointer;
  readonly #ports: StorePorts;
  readonly #log: PageLog;
  readonly #reader: PageReader;
  #incarnation = 0;
  #isOpening = false;
  #held: Vector = {};

  constructor(connector: string, ports: StorePorts) {
    const { region, table, clock, checkpointPages: afterPages } = ports;
    this.index = new ConnectorIndex(connector, { payloads: "apart" });
    this.payloads = new Payloads(table, clock);
    this.told = new Told(connector, region);
    this.#ports = ports;
    this.#reader = new PageReader({
      connector,
      region,
      table,
      taken: (segment) => this.#taken(segment),
      begun: (journal, { forgotten }) => this.index.beginWith(journal, forgotten),
      pruned: (journal) => this.index.journals.get(journal)?.pruned ?? 0,
      held: (journal) => this.#held[journal] ?? 0,
    });
    this.#log = new PageLog(region, { ...ports, reader: this.#reader });
    const at = { ...ports, index: this.index, log: this.#log, reader: this.#reader, told: this.told };
    const numbering = new Numbering(at);
    this.inbox = new Inbox(at, numbering);
    this.checkpointer = new Checkpointer({ ...at, afterPages });
    const order = new InOrder();
    const { payloads, checkpointer } = this;
    this.accepting = new Accepting({ ...at, numbering, order, payloads, checkpointer });
    this.batches = new Batches({ ...at, numbering, order, own: () => journalName(region, this.#incarnation) });
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
    this.#log.begin(incarnation);
  }

  /** Reads all that is here. `done(false)`: the table did not answer. */
  open(done: Done<boolean>): void {
    const { region, table } = this.#ports;
    table.get([statusKey(region)], true, (got) => {
      if (got.kind === "failed") return done(false);
      // What was told to be held here was found here.
      this.#held = statusIn(got.items[0] ?? null).vector;
      this.#isOpening = true;
      this.#eachRegion(
        (of, next) => this.readOf(of, next),
        (well) => {
          this.told.takeFresh();
          this.told.takeForeign();
          this.#isOpening = false;
          done(well);
        },
      );
    });
  }

  /** Reads what is new in the journals of a region. `done(false)`: the table did not answer. */
  readOf(region: string, done: Done<boolean>): void {
    this.#ports.table.query({ pk: journalsOfRegion(region), limit: 100, consistent: true }, (read) => {
      if (read.kind === "failed") return done(false);
      const names = read.items.map(({ sk }) => journalName(region, Number(sk)));
      const next = (at: number): void => {
        const journal = names[at];
        if (journal === undefined) return done(true);
        this.#reader.readOn(journal, (well) => (well ? next(at + 1) : done(false)));
      };
      next(0);
    });
  }

  apply(segment: Segment, done: Done<{ readonly kind: "applied" } | StoreFailure>): void {
    const held = this.index.vector()[segment.journal] ?? 0;
    if (segment.from > held) {
      const detail = `${segment.journal} is held to ${held}, not ${segment.from}`;
      return done({ kind: "refused", reason: "failed", detail });
    }
    this.#index(segment);
    done({ kind: "applied" });
  }

  #eachRegion(step: (region: string, done: Done<boolean>) => void, done: Done<boolean>): void {
    const next = (at: number): void => {
      const region = this.#ports.regions[at];
      if (region === undefined) return done(true);
      step(region, (well) => (well ? next(at + 1) : done(false)));
    };
    next(0);
  }

  #taken(segment: Segment): void {
    this.#index(segment);
    this.told.taken(segment);
  }

  #index(segment: Segment): void {
    const { journal } = segment;
    for (const placed of segment.records) {
      if (placed.position <= (this.index.vector()[journal] ?? 0)) continue;
      this.index.take(journal, placed);
      this.#hold(journal, placed.record);
      if (placed.record.kind === "pruned") this.#forget(placed.record.journal, placed.record.position);
    }
    this.index.passTo(journal, segment.to);
  }

  /** Payloads are held for as long as an entry is likely to be sent soon. */
  #hold(journal: JournalName, record: JournalRecord): void {
    if (record.kind === "entry" && !isLight(record)) {
      if (this.index.isOpen(record.identity)) this.payloads.keep(journal, record);
    } else if (record.kind === "settlement") {
      for (const { journal: of } of this.index.placesOf(record.identity)) this.payloads.drop(of, record.identity);
    }
  }

  /** Who wrote the entries lets their items expire; what was left when the journal is opened, with a checkpoint. */
  #forget(journal: JournalName, position: number): void {
    const gone = this.index.takeForgotten();
    for (const one of gone) this.payloads.drop(one.journal, one.identity);
    if (this.#isOpening || journalParts(journal).region !== this.#ports.region || gone.length === 0) return;
    this.checkpointer.expire(
      journal,
      position,
      gone.filter((one) => one.journal === journal),
    );
  }
}
