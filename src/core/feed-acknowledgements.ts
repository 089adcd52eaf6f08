import type { Clock, Done, Journal, Timer, WriteResult } from "./ports.ts";
import type { JournalRecord, Vector } from "./records.ts";
import { covers, joined } from "./vector.ts";

export interface AcknowledgementPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void;
}

/** Writes what readers of one feed acknowledge, gathered: a reader asks far more often than is worth a record. */
export class FeedAcknowledgements {
  readonly #connector: string;
  readonly #ports: AcknowledgementPorts;
  readonly #everyMs: number;
  readonly #presented = new Map<string, Vector>();
  readonly #lastAt = new Map<string, number>();
  #timer: Timer | null = null;
  #stopped = false;

  /** @param everyMs at most one record for each reader in this time, in milliseconds */
  constructor(connector: string, ports: AcknowledgementPorts, everyMs: number) {
    this.#connector = connector;
    this.#ports = ports;
    this.#everyMs = everyMs;
  }

  /** A reader came; what it presents is acknowledged. */
  came(reader: string, cursor: Vector | null): void {
    this.#lastAt.set(reader, this.#ports.clock.wallMs());
    if (cursor === null || covers(this.acknowledged(reader) ?? {}, cursor)) return;
    this.#presented.set(reader, joined(this.#presented.get(reader) ?? {}, cursor));
    this.#later();
  }

  /** All that a reader is known to have acknowledged; undefined before it has begun. */
  acknowledged(reader: string): Vector | undefined {
    const known = this.#ports.journal.consumers(this.#connector)[reader];
    const presented = this.#presented.get(reader);
    if (known === undefined || presented === undefined) return known ?? presented;
    return joined(known, presented);
  }

  /** When a reader last came here. Wall clock, ms; null: not since the start. */
  lastAt(reader: string): number | null {
    return this.#lastAt.get(reader) ?? null;
  }

  /** What was not written is presented again. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #later(): void {
    if (this.#stopped) return;
    this.#timer ??= this.#ports.clock.after(this.#everyMs, () => this.#write());
  }

  #write(): void {
    const records = [...this.#presented.keys()].map((name) => ({
      kind: "consumer" as const,
      name,
      vector: this.acknowledged(name) ?? {},
    }));
    this.#ports.write(this.#connector, records, (result) => {
      this.#timer = null;
      for (const { name, vector } of records) {
        const isDurable = result.kind === "written" && covers(vector, this.#presented.get(name) ?? {});
        if (isDurable) this.#presented.delete(name);
      }
      if (this.#presented.size > 0) this.#later();
    });
  }
}
