import { type Offered, offersInMemory, placesBeforeInMemory, unreadInMemory } from "../../core/memory-offers.ts";
import type {
  IdentityReport,
  Ledger,
  ListQuery,
  OfferPage,
  OpenEntry,
  OpenQuery,
  PositionedRecord,
  Segment,
  Unread,
} from "../../core/ports.ts";
import type { EntryRecord, JournalName, JournalRecord, Outcome, Vector } from "../../core/records.ts";
import { type KnownSwitch, needsPerson, stateOf } from "../../core/settlement.ts";
import { joined } from "../../core/vector.ts";
import { isTroubled, type Known, ledgerOf, type Placed } from "./known.ts";

interface JournalFile {
  readonly name: JournalName;
  records: PositionedRecord[];
  entries: { readonly position: number; readonly record: EntryRecord; readonly known: Known }[];
  last: number;
  pruned: number;
}

/** Everything durable of one connector. */
export class ConnectorIndex {
  readonly connector: string;
  readonly journals = new Map<JournalName, JournalFile>();
  readonly #known = new Map<string, Known>();
  readonly #cursors = new Map<string, { value: string; epoch: number }>();
  readonly #consumers = new Map<string, Vector>();
  readonly #conflicts: { identity: string; time: number }[] = [];
  /** What was pruned still counts in the ledger. */
  readonly #forgotten = new Map<Outcome, number>();
  readonly #gone: string[] = [];
  switches: KnownSwitch[] = [];
  #vector: Vector | null = null;
  #ledger: Ledger | null = null;

  constructor(connector: string) {
    this.connector = connector;
  }

  /** Where entries of an identity stand. */
  placesOf(identity: string): readonly Placed[] {
    return this.#known.get(identity)?.entries ?? [];
  }

  /** Identities that were forgotten since this was asked last. */
  takeForgotten(): readonly string[] {
    return this.#gone.splice(0);
  }

  find(identity: string): Placed | null {
    return this.#known.get(identity)?.entries[0] ?? null;
  }

  journal(name: JournalName): JournalFile {
    let file = this.journals.get(name);
    if (file === undefined) {
      file = { name, records: [], entries: [], last: 0, pruned: 0 };
      this.journals.set(name, file);
      this.#vector = null;
    }
    return file;
  }

  vector(): Vector {
    this.#vector ??= Object.fromEntries([...this.journals].map(([name, file]) => [name, file.last]));
    return this.#vector;
  }

  append(name: JournalName, record: JournalRecord): number {
    const position = this.journal(name).last + 1;
    this.take(name, { position, record });
    return position;
  }

  take(name: JournalName, placed: PositionedRecord): void {
    const file = this.journal(name);
    file.records.push(placed);
    file.last = placed.position;
    this.#vector = null;
    this.#ledger = null;
    this.#index(file, placed);
  }

  /** Moves the end of a copy over positions that were pruned at its source. */
  passTo(name: JournalName, position: number): void {
    const file = this.journal(name);
    if (file.last >= position) return;
    file.last = position;
    this.#vector = null;
  }

  #index(file: JournalFile, { position, record }: PositionedRecord): void {
    switch (record.kind) {
      case "entry": {
        const known = this.#of(record.identity);
        known.entries.push({ journal: file.name, position, record });
        file.entries.push({ position, record, known });
        return;
      }
      case "settlement": {
        const known = this.#of(record.identity);
        known.settlements.push(record);
        return this.#judge(known);
      }
      case "resubmit": {
        const known = this.#of(record.identity);
        known.resubmissions.push({ journal: file.name, position, round: record.round });
        return this.#judge(known);
      }
      case "switch":
        this.switches = [...this.switches, { ...record, journal: file.name }];
        for (const known of this.#known.values()) this.#judge(known);
        return;
      case "cursor": {
        const held = this.#cursors.get(record.source);
        if (held === undefined || record.epoch >= held.epoch) this.#cursors.set(record.source, record);
        return;
      }
      case "consumer":
        this.#consumers.set(record.name, joined(this.#consumers.get(record.name) ?? {}, record.vector));
        return;
      case "conflict":
        this.#conflicts.push(record);
        return;
      case "pruned":
        return this.#prune(this.journal(record.journal), record.position);
      case "handback":
        return;
    }
  }

  #of(identity: string): Known {
    let known = this.#known.get(identity);
    if (known === undefined) {
      known = { identity, entries: [], settlements: [], resubmissions: [], state: { kind: "open", round: 0 } };
      this.#known.set(identity, known);
    }
    return known;
  }

  #judge(known: Known): void {
    const round = Math.max(0, ...known.resubmissions.map((resubmission) => resubmission.round));
    known.state = stateOf(round, known.settlements, this.switches);
  }

  #prune(file: JournalFile, upTo: number): void {
    if (upTo <= file.pruned) return;
    file.pruned = upTo;
    for (const { known } of file.entries.filter((entry) => entry.position <= upTo)) this.#forget(known, file, upTo);
    file.entries = file.entries.filter((entry) => entry.position > upTo);
    const lastOfConsumers = new Map(
      file.records.flatMap(({ record }) => (record.kind === "consumer" ? [[record.name, record]] : [])),
    );
    const stays = ({ position, record }: PositionedRecord): boolean =>
      position > upTo ||
      (record.kind === "consumer" ? lastOfConsumers.get(record.name) === record : this.#isNeeded(record));
    file.records = file.records.filter(stays);
  }

  /** Whether a copy that is made of what is left needs a record that was pruned. */
  #isNeeded(record: JournalRecord): boolean {
    switch (record.kind) {
      case "settlement":
      case "resubmit":
      case "conflict":
        return this.#known.has(record.identity);
      case "cursor":
        return this.#cursors.get(record.source) === record;
      case "switch":
      case "pruned":
        return true;
      default:
        return false;
    }
  }

  #forget(known: Known, file: JournalFile, upTo: number): void {
    const left = known.entries.filter((entry) => entry.journal !== file.name || entry.position > upTo);
    known.entries.splice(0, known.entries.length, ...left);
    if (left.length > 0) return;
    this.#known.delete(known.identity);
    this.#gone.push(known.identity);
    if (known.state.kind === "settled") {
      const { outcome } = known.state.settlement;
      this.#forgotten.set(outcome, (this.#forgotten.get(outcome) ?? 0) + 1);
    }
  }

  read(name: JournalName, above: number, limit: number): Segment {
    const file = this.journals.get(name);
    const records = (file?.records ?? []).filter(({ position }) => position > above);
    const taken = records.slice(0, limit);
    const last = taken[taken.length - 1];
    const to = taken.length < records.length && last !== undefined ? last.position : Math.max(above, file?.last ?? 0);
    return { connector: this.connector, journal: name, from: above, to, records: taken };
  }

  open(query: OpenQuery): OpenEntry[] {
    const found: OpenEntry[] = [];
    for (const journal of query.journals) {
      const above = query.above[journal] ?? 0;
      const upTo = query.upTo === undefined ? Number.POSITIVE_INFINITY : (query.upTo[journal] ?? 0);
      for (const { position, record, known } of this.journals.get(journal)?.entries ?? []) {
        if (known.state.kind !== "open" || position <= above || position > upTo) continue;
        if (query.key !== undefined && record.key !== query.key) continue;
        if (found.length >= query.limit) return found;
        found.push({ ...record, journal, position, round: known.state.round });
      }
    }
    return found;
  }

  anyOpen(upTo: Vector, key: string | null): boolean {
    for (const [name, file] of this.journals) {
      const limit = upTo[name] ?? 0;
      for (const { position, record, known } of file.entries) {
        if (position > limit) break;
        if (known.state.kind === "open" && (key === null || record.key === key)) return true;
      }
    }
    return false;
  }

  troubledKeys(): string[] {
    const keys = new Set<string>();
    for (const known of this.#known.values()) {
      if (!isTroubled(known)) continue;
      for (const { record } of known.entries) if (record.key !== null) keys.add(record.key);
    }
    return [...keys];
  }

  lastDeliveredAt(site: string): number | null {
    let latest: number | null = null;
    for (const { settlements } of this.#known.values()) {
      for (const { outcome, site: at, time } of settlements) {
        if (outcome === "delivered" && at === site && (latest === null || time > latest)) latest = time;
      }
    }
    return latest;
  }

  prunable(journal: JournalName, settledBefore: number): number {
    const file = this.journals.get(journal);
    if (file === undefined) return 0;
    for (const { position, known } of file.entries) {
      if (known.state.kind === "open" || known.state.settlement.time >= settledBefore) return position - 1;
      if (needsPerson(known.state.settlement.outcome)) return position - 1;
    }
    return file.last;
  }

  cursor(source: string): { readonly value: string; readonly epoch: number } | null {
    return this.#cursors.get(source) ?? null;
  }

  consumers(): Readonly<Record<string, Vector>> {
    return Object.fromEntries(this.#consumers);
  }

  offers(above: Vector, limit: number): OfferPage {
    return offersInMemory([...this.journals.values()], above, limit, (identity) => this.#offered(identity));
  }

  unread(above: Vector): Unread {
    return unreadInMemory([...this.journals.values()], above);
  }

  placesBefore(time: number): Vector {
    return placesBeforeInMemory([...this.journals.values()], time);
  }

  #offered(identity: string): Offered | null {
    const known = this.#known.get(identity);
    const [first] = known?.entries ?? [];
    if (known === undefined || first === undefined) return null;
    const { state, entries, resubmissions } = known;
    const { journal, position, record } = first;
    const outcome = state.kind === "settled" ? state.settlement.outcome : null;
    return { entry: { ...record, journal, position, round: state.round }, outcome, entries, resubmissions };
  }

  report(identity: string): IdentityReport | null {
    const known = this.#known.get(identity);
    const first = known?.entries[0];
    if (known === undefined || first === undefined) return null;
    return {
      connector: this.connector,
      identity,
      round: known.state.round,
      outcome: known.state.kind === "settled" ? known.state.settlement.outcome : null,
      entries: known.entries.map(({ journal, position, record }) => ({
        journal,
        position,
        acceptedAt: record.acceptedAt,
        key: record.key,
      })),
      settlements: known.settlements,
      resubmissions: known.resubmissions,
      payload: first.record.payload,
    };
  }

  list(query: ListQuery): IdentityReport[] {
    const since = query.since ?? Number.NEGATIVE_INFINITY;
    const wanted =
      query.what === "conflict"
        ? this.#conflicts.filter(({ time }) => time >= since).map(({ identity }) => identity)
        : [...this.#known.values()]
            .filter(
              ({ state }) =>
                state.kind === "settled" && state.settlement.outcome === query.what && state.settlement.time >= since,
            )
            .map(({ identity }) => identity);
    return [...new Set(wanted)]
      .map((identity) => this.report(identity))
      .filter((report) => report !== null)
      .slice(0, query.limit);
  }

  ledger(): Ledger {
    this.#ledger ??= ledgerOf(this.#known.values(), this.#forgotten, this.#conflicts.length);
    return this.#ledger;
  }
}
