import { firstAbove, offersInMemory, placesBeforeInMemory, unreadInMemory } from "../../core/memory-offers.ts";
import type {
  IdentityReport,
  Ledger,
  ListQuery,
  OfferPage,
  OpenEntry,
  OpenQuery,
  PositionedRecord,
  Segment,
  SeriesQuery,
  SeriesView,
  Unread,
} from "../../core/ports.ts";
import { type JournalName, type JournalRecord, outcomeNames, type Vector } from "../../core/records.ts";
import { type KnownSwitch, needsPerson } from "../../core/settlement.ts";
import { joined } from "../../core/vector.ts";
import { Identities } from "./identities.ts";
import { type ForgottenCounts, type ForgottenEntry, lightened, type Placed } from "./known.ts";
import { Numbers } from "./numbers.ts";
import { OpenLists } from "./open-lists.ts";
import { offeredOf, reportOf } from "./reports.ts";

interface JournalFile {
  readonly name: JournalName;
  records: PositionedRecord[];
  entries: Placed[];
  last: number;
  pruned: number;
}

export interface IndexOptions {
  /** `apart`: they are kept elsewhere, and every entry given out has an empty one. Default `here`. */
  readonly payloads?: "here" | "apart";
}

/** Everything durable of one connector, so that nothing asked often looks through all of it. */
export class ConnectorIndex {
  readonly connector: string;
  readonly journals = new Map<JournalName, JournalFile>();
  readonly #identities: Identities;
  readonly #numbers = new Numbers();
  readonly #open = new OpenLists();
  readonly #cursors = new Map<string, { value: string; epoch: number }>();
  readonly #consumers = new Map<string, Vector>();
  readonly #conflicts: { identity: string; time: number }[] = [];
  readonly #payloads: "here" | "apart";
  readonly #gone: ForgottenEntry[] = [];
  readonly #forgotten = new Map<JournalName, ForgottenCounts>();
  #vector: Vector | null = null;

  constructor(connector: string, { payloads = "here" }: IndexOptions = {}) {
    this.connector = connector;
    this.#payloads = payloads;
    this.#identities = new Identities({
      opened: (placed) => {
        this.#open.opened(placed);
        this.#numbers.opened(placed);
      },
      closed: (placed) => this.#open.closed(placed),
    });
  }

  get switches(): readonly KnownSwitch[] {
    return this.#identities.switches;
  }

  /** Where entries of an identity stand. */
  placesOf(identity: string): readonly Placed[] {
    return this.#identities.get(identity)?.entries ?? [];
  }

  hasConflict({ identity, time }: { readonly identity: string; readonly time: number }): boolean {
    return this.#conflicts.some((one) => one.identity === identity && one.time === time);
  }

  /** Entries that were forgotten since this was asked last, of any journal. */
  takeForgotten(): readonly ForgottenEntry[] {
    return this.#gone.splice(0);
  }

  /** How many identities were settled and are forgotten, with an entry of this journal as their last one. */
  forgottenIn(name: JournalName): ForgottenCounts {
    return this.#forgotten.get(name) ?? {};
  }

  /** Counts what a journal's checkpoint says of those that are not in it any more. */
  beginWith(name: JournalName, counts: ForgottenCounts): void {
    this.#forgotten.set(name, counts);
    for (const outcome of outcomeNames) this.#identities.tally.addForgotten(outcome, counts[outcome] ?? 0);
  }

  /** What a copy that is made of a journal now needs of it. */
  copyOf(name: JournalName): readonly PositionedRecord[] {
    const isMeant = (record: JournalRecord): boolean =>
      (record.kind !== "settlement" && record.kind !== "resubmit") || this.#isNeeded(record);
    return (this.journals.get(name)?.records ?? []).filter(({ record }) => isMeant(record));
  }

  isOpen(identity: string): boolean {
    return this.#identities.get(identity)?.state.kind === "open";
  }

  find(identity: string): Placed | null {
    return this.#identities.get(identity)?.entries[0] ?? null;
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

  take(name: JournalName, { position, record }: PositionedRecord): void {
    const file = this.journal(name);
    const placed = {
      position,
      record: this.#payloads === "apart" && record.kind === "entry" ? lightened(record) : record,
    };
    file.records.push(placed);
    file.last = position;
    this.#vector = null;
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
        const placed = this.#identities.enter(file.name, position, record);
        file.entries.push(placed);
        return this.#numbers.add(placed);
      }
      case "settlement":
        return this.#identities.settle(record);
      case "resubmit":
        return this.#identities.reopen(file.name, position, record);
      case "switch":
        return this.#identities.switchSite({ ...record, journal: file.name });
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

  #prune(file: JournalFile, upTo: number): void {
    if (upTo <= file.pruned) return;
    file.pruned = upTo;
    const forgotten = file.entries.filter(({ position }) => position <= upTo);
    for (const placed of forgotten) this.#forget(placed);
    this.#numbers.forget(new Set(forgotten));
    file.entries = file.entries.filter((entry) => entry.position > upTo);
    const lastOfConsumers = new Map(
      file.records.flatMap(({ record }) => (record.kind === "consumer" ? [[record.name, record]] : [])),
    );
    const stays = ({ position, record }: PositionedRecord): boolean =>
      position > upTo ||
      (record.kind === "consumer" ? lastOfConsumers.get(record.name) === record : this.#isNeeded(record));
    file.records = file.records.filter(stays);
  }

  #forget(placed: Placed): void {
    const { journal, position, bytes, known } = placed;
    this.#gone.push({ journal, identity: known.identity, position, bytes });
    if (!this.#identities.forget(placed) || known.state.kind !== "settled") return;
    const { outcome } = known.state.settlement;
    const counts = this.forgottenIn(journal);
    this.#forgotten.set(journal, { ...counts, [outcome]: (counts[outcome] ?? 0) + 1 });
  }

  /** Whether a copy that is made of what is left needs a record that was pruned. */
  #isNeeded(record: JournalRecord): boolean {
    switch (record.kind) {
      case "settlement":
      case "resubmit":
      case "conflict":
        return this.#identities.get(record.identity) !== undefined;
      case "cursor":
        return this.#cursors.get(record.source) === record;
      case "switch":
      case "pruned":
        return true;
      default:
        return false;
    }
  }

  read(name: JournalName, above: number, limit: number): Segment {
    const file = this.journals.get(name);
    const records = file?.records ?? [];
    const first = firstAbove(records, above);
    const taken = records.slice(first, first + limit);
    const last = taken[taken.length - 1];
    const isCut = first + taken.length < records.length && last !== undefined;
    const to = isCut ? last.position : Math.max(above, file?.last ?? 0);
    return { connector: this.connector, journal: name, from: above, to, records: taken };
  }

  open(query: OpenQuery): OpenEntry[] {
    return this.#open.read(query);
  }

  anyOpen(upTo: Vector, key: string | null): boolean {
    return this.#open.any([...this.journals.keys()], upTo, key);
  }

  series(query: SeriesQuery): SeriesView {
    return this.#numbers.view(query);
  }

  troubledKeys(): string[] {
    const keys = new Set<string>();
    for (const { entries } of this.#identities.troubled) {
      for (const { record } of entries) if (record.key !== null) keys.add(record.key);
    }
    return [...keys];
  }

  lastDeliveredAt(site: string): number | null {
    return this.#identities.deliveredAt.get(site) ?? null;
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
    return offersInMemory([...this.journals.values()], above, limit, (identity) =>
      offeredOf(this.#identities.get(identity)),
    );
  }

  unread(above: Vector): Unread {
    return unreadInMemory([...this.journals.values()], above);
  }

  placesBefore(time: number): Vector {
    return placesBeforeInMemory([...this.journals.values()], time);
  }

  report(identity: string): IdentityReport | null {
    const known = this.#identities.get(identity);
    return known === undefined ? null : reportOf(this.connector, known);
  }

  list(query: ListQuery): IdentityReport[] {
    const since = query.since ?? Number.NEGATIVE_INFINITY;
    const wanted =
      query.what === "conflict"
        ? this.#conflicts.filter(({ time }) => time >= since).map(({ identity }) => identity)
        : [...this.#identities.troubled]
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
    const oldest = this.#open.oldestAt();
    return this.#identities.tally.ledger(this.#conflicts.length, oldest);
  }
}
