import { isWithin, offeredAt } from "./feed-offers.ts";
import type { IdentityReport, Journal, OpenEntry, Place } from "./ports.ts";
import { journalParts, type SettlementRecord, type Vector } from "./records.ts";

/** What was opened again and is not read yet. With more, the settling waits until readers have come further. */
const most = 10_000;

/** Entries of one duty that were opened again: where their readers come by them. */
export class FeedReopened {
  readonly #connector: string;
  readonly #journal: Journal;
  readonly #duty: string;
  readonly #places = new Map<string, { readonly round: number; readonly at: readonly Place[] }>();

  constructor(connector: string, journal: Journal, duty: string) {
    this.#connector = connector;
    this.#journal = journal;
    this.#duty = duty;
  }

  get isFull(): boolean {
    return this.#places.size >= most;
  }

  noteAll(entries: readonly OpenEntry[], done: () => void): void {
    let open = entries.length;
    if (open === 0) return done();
    for (const { identity } of entries) this.note(identity, () => --open === 0 && done());
  }

  note(identity: string, done: () => void): void {
    this.#journal.report(this.#connector, identity, (report) => {
      if (report !== null && isOpen(report) && this.#isOurs(report)) {
        this.#places.set(identity, { round: report.round, at: offeredAt(report) });
      }
      done();
    });
  }

  settled({ identity, round }: SettlementRecord): void {
    const noted = this.#places.get(identity);
    if (noted !== undefined && noted.round <= round) this.#places.delete(identity);
  }

  /** What every reader has come by again. */
  readyWithin(read: Vector, done: (entries: readonly OpenEntry[]) => void): void {
    const ready = [...this.#places].filter(([, { at }]) => at.some((place) => isWithin(place, read)));
    const entries: OpenEntry[] = [];
    let open = ready.length;
    if (open === 0) return done(entries);
    for (const [identity] of ready) {
      this.#journal.report(this.#connector, identity, (report) => {
        this.#places.delete(identity);
        const entry = report === null || !isOpen(report) ? null : entryOf(report);
        if (entry !== null) entries.push(entry);
        open -= 1;
        if (open === 0) done(entries);
      });
    }
  }

  #isOurs({ entries }: IdentityReport): boolean {
    return entries.some(({ journal }) => journalParts(journal).region === this.#duty);
  }
}

const isOpen = ({ outcome, round }: IdentityReport): boolean => outcome === null && round > 0;

const entryOf = ({ identity, round, payload, entries: [first] }: IdentityReport): OpenEntry | null =>
  first === undefined ? null : { kind: "entry", identity, round, payload, sequence: null, after: {}, ...first };
