import type { ConnectorSpec } from "../define/spec.ts";
import type { DispatchPorts, DutyGrip } from "./dispatch-ports.ts";
import type { Numbered, OpenEntry } from "./ports.ts";
import { type EntryRecord, journalParts } from "./records.ts";
import { type Missing, numbersSeen, turnOf } from "./series.ts";
import { type Item, type Lane, newItem, type Window } from "./window.ts";

/** An entry that is ordered by a number. */
export interface NumberedEntry extends OpenEntry {
  readonly sequence: NonNullable<EntryRecord["sequence"]>;
}

export type Looked =
  | { readonly kind: "go" }
  | { readonly kind: "wait" }
  /** One of its key goes before it. */
  | { readonly kind: "first"; readonly item: Item };

/** An entry that waits for numbers that are missing. */
interface Held {
  readonly number: number;
  /** Monotonic, ms. */
  readonly until: number;
}

/** Series that are remembered to wait: of others it is looked once more what is known of them. */
const heldMost = 1_024;

/** Puts the entries of a key in order of their numbers, whatever order they stand in and in whichever journal. */
export class NumberOrder {
  readonly #ports: Pick<DispatchPorts, "clock" | "journal" | "observer" | "passed">;
  readonly #grip: DutyGrip;
  readonly #window: Window;
  /** Whether an entry is settled here, and the journal may still call it open. */
  readonly #isClosing: (identity: string) => boolean;
  readonly #wakeAt: (monotonicMs: number) => void;
  /** By series: what waits needs no look before one of its series came, or its time is over. */
  readonly #held = new Map<string, Held>();
  #spec: ConnectorSpec;

  constructor(
    spec: ConnectorSpec,
    ports: Pick<DispatchPorts, "clock" | "journal" | "observer" | "passed">,
    grip: DutyGrip,
    window: Window,
    isClosing: (identity: string) => boolean,
    wakeAt: (monotonicMs: number) => void,
  ) {
    this.#spec = spec;
    this.#ports = ports;
    this.#grip = grip;
    this.#window = window;
    this.#isClosing = isClosing;
    this.#wakeAt = wakeAt;
  }

  update(spec: ConnectorSpec): void {
    this.#spec = spec;
    this.#held.clear();
  }

  /** Whether its number tells when the entry may go, and not its place. Only what we send is numbered by us. */
  rules(entry: OpenEntry): entry is NumberedEntry {
    const { role, ordering } = this.#spec;
    return role === "send" && ordering === "key" && entry.key !== null && entry.sequence !== null;
  }

  /** An entry came. True: something waits in its series, and is to be looked at again. */
  came({ sequence }: EntryRecord): boolean {
    return sequence !== null && this.#held.delete(sequence.of);
  }

  /** Whether the head of a lane may go now. */
  look(lane: Lane, item: Item, entry: NumberedEntry, done: (looked: Looked) => void): void {
    if (this.#isHeld(entry)) return done({ kind: "wait" });
    const { journal } = this.#ports;
    const { name } = this.#spec;
    const key = entry.key ?? "";
    const { of: series, number } = entry.sequence;
    const switches = journal.switches(name).length;
    journal.series(name, { series, number, key, limit: numbersSeen }, (view) => {
      // What a switch opened again meanwhile goes first.
      if (switches !== journal.switches(name).length) return done({ kind: "wait" });
      const turn = turnOf(entry.sequence, key, view, (one) => one.open && !this.#isClosing(one.identity));
      switch (turn.kind) {
        case "now":
          if (turn.late) this.#tell(item, entry, `number ${number} came when a later one had gone`);
          return done({ kind: "go" });
        case "after":
          return this.#bring(lane, turn.open, done);
        case "missing":
          return done({ kind: this.#hold(item, entry, turn.missing) ? "wait" : "go" });
      }
    });
  }

  #isHeld({ sequence: { of: series, number } }: NumberedEntry): boolean {
    const held = this.#held.get(series);
    return held?.number === number && this.#waits(held.until);
  }

  #waits(until: number): boolean {
    const waits = until > this.#ports.clock.monotonicMs();
    if (waits) this.#wakeAt(until);
    return waits;
  }

  /** False once it was waited long enough, since this process knew of the entry: no two clocks are compared. */
  #hold(item: Item, entry: NumberedEntry, { from, to }: Missing): boolean {
    const { of: series, number } = entry.sequence;
    const until = item.knownSince + this.#spec.gapAfterMs;
    if (this.#waits(until)) {
      if (this.#held.size >= heldMost) this.#held.clear();
      this.#held.set(series, { number, until });
      return true;
    }
    this.#held.delete(series);
    // Where a series begins nobody knows: nothing is said to be missing.
    if (from === null) return false;
    this.#ports.passed(this.#spec.name, series, from, to);
    this.#tell(item, entry, `number ${from === to ? from : `${from} to ${to}`} did not come in time`);
    return false;
  }

  /** Told once of each: by the settlement, and to whoever observes. */
  #tell(item: Item, { sequence, identity }: NumberedEntry, what: string): void {
    const remark = `${what} in series ${sequence.of}`;
    if (item.remark === remark) return;
    item.remark = remark;
    this.#ports.observer.observe({ kind: "gap", connector: this.#spec.name, identity, detail: remark });
  }

  /** The lowest that is open here takes the head of the lane, also where the lane had no room for it. */
  #bring(lane: Lane, open: readonly Numbered[], done: (looked: Looked) => void): void {
    const own = open.find(({ journal }) => journalParts(journal).region === this.#grip.duty);
    if (own === undefined) return done({ kind: "wait" });
    const { identity, journal, position } = own;
    const held = this.#window.get(identity);
    if (held !== undefined) return done(lane.items.includes(held) ? { kind: "first", item: held } : { kind: "wait" });
    const query = { journals: [journal], above: { [journal]: position - 1 }, upTo: { [journal]: position }, limit: 1 };
    this.#ports.journal.open(this.#spec.name, query, ([entry]) => {
      const isNews = this.#window.get(identity) === undefined && !this.#isClosing(identity);
      if (entry === undefined || !isNews || !lane.items.length) return done({ kind: "wait" });
      const item = newItem(entry, this.#grip.isSuspect(entry), this.#ports.clock.monotonicMs());
      this.#window.insert(item, lane);
      done({ kind: "first", item });
    });
  }
}
