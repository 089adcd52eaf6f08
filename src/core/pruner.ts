import type { ConnectorSpec } from "../define/spec.ts";
import { keptMs, readByReaders, rereadFrom } from "./forgetting.ts";
import type { RegionPolicy } from "./policy.ts";
import type { Clock, Done, Journal, WriteResult } from "./ports.ts";
import { type JournalName, type JournalRecord, journalParts, type Vector } from "./records.ts";
import type { Replication } from "./replication.ts";
import { common, journalsIn, positionOf } from "./vector.ts";

/** What was held of a connector at an earlier run. */
interface Snapshot {
  readonly wallMs: number;
  readonly vector: Vector;
}

/**
 * Says what may be forgotten (protocol rules 25 and 26): settled, read by every configured region together with its
 * settlement, by every reader of a feed, and older than anything that may still ask for it.
 */
export class Pruner {
  readonly #policy: RegionPolicy;
  readonly #ports: { readonly clock: Clock; readonly journal: Journal };
  readonly #replication: Replication;
  readonly #write: (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>) => void;
  readonly #snapshots = new Map<string, Snapshot>();
  #lastRunAt: number;

  constructor(
    policy: RegionPolicy,
    ports: { readonly clock: Clock; readonly journal: Journal },
    replication: Replication,
    write: (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>) => void,
  ) {
    this.#policy = policy;
    this.#ports = ports;
    this.#replication = replication;
    this.#write = write;
    this.#lastRunAt = ports.clock.monotonicMs();
  }

  /** @param actsFor whether this region acts for the journals of a region */
  run(specs: readonly ConnectorSpec[], actsFor: (region: string) => boolean): void {
    const now = this.#ports.clock.monotonicMs();
    if (now - this.#lastRunAt < this.#policy.pruneEveryMs) return;
    this.#lastRunAt = now;
    for (const spec of specs) this.#prune(spec, actsFor);
  }

  #prune(spec: ConnectorSpec, actsFor: (region: string) => boolean): void {
    const { clock, journal } = this.#ports;
    const vector = journal.vector(spec.name);
    const before = this.#snapshots.get(spec.name);
    this.#snapshots.set(spec.name, { wallMs: clock.wallMs(), vector });
    if (before === undefined || !this.#readByAll(spec.name, before.vector)) return;
    const { clockSkewMs } = this.#policy;
    const settledBefore = Math.min(
      before.wallMs - clockSkewMs,
      clock.wallMs() - keptMs(spec),
      rereadFrom(spec, journal, clockSkewMs),
    );
    const readers = readByReaders(spec, journal);
    const read = readers === null ? before.vector : common(before.vector, readers);
    for (const name of journalsIn(read)) {
      if (actsFor(journalParts(name).region)) this.#pruneJournal(spec.name, name, read, settledBefore);
    }
  }

  #pruneJournal(connector: string, name: JournalName, read: Vector, settledBefore: number): void {
    this.#ports.journal.prunable(connector, name, settledBefore, (prunable) => {
      const position = Math.min(prunable, positionOf(read, name));
      if (position <= positionOf(this.#ports.journal.pruned(connector), name)) return;
      this.#write(connector, [{ kind: "pruned", journal: name, position }], () => {});
    });
  }

  #readByAll(connector: string, vector: Vector): boolean {
    return journalsIn(vector).every(
      (name) => this.#replication.peers.heldEverywhere(connector, name) >= positionOf(vector, name),
    );
  }
}
