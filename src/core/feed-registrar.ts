import type { FeedSpec } from "../define/spec.ts";
import { readersOf } from "./feed-readers.ts";
import type { Done, Journal, WriteResult } from "./ports.ts";
import type { JournalRecord, Vector } from "./records.ts";

export interface RegistrarPorts {
  readonly journal: Journal;
  write(connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void;
}

/** Says where the readers of feeds begin, so that nothing after that ages out before they have read it. */
export class FeedRegistrar {
  readonly #ports: RegistrarPorts;
  readonly #underWay = new Set<string>();

  constructor(ports: RegistrarPorts) {
    this.#ports = ports;
  }

  /**
   * To be called where the region acts: of two that decide at once, the later beginning would rule.
   *
   * @param hasBegun whether a reader acknowledged anything, written or not
   */
  register(spec: FeedSpec, hasBegun: (reader: string) => boolean): void {
    const { name } = spec;
    const fresh = readersOf(spec).filter((reader) => !hasBegun(reader));
    if (fresh.length === 0 || this.#underWay.has(name)) return;
    this.#underWay.add(name);
    this.#start(spec, (vector) => {
      const records = fresh.map((reader) => ({ kind: "consumer" as const, name: reader, vector }));
      this.#ports.write(name, records, () => this.#underWay.delete(name));
    });
  }

  #start({ name, startFrom }: FeedSpec, done: Done<Vector>): void {
    const { journal } = this.#ports;
    if (startFrom === "earliest") return done(journal.pruned(name));
    if (startFrom === "now") return done(journal.vector(name));
    journal.placesBefore(name, Date.parse(startFrom.time), done);
  }
}
