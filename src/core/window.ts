import type { OpenEntry, Translation } from "./ports.ts";
import { journalParts } from "./records.ts";

/** An open entry on its way. */
export interface Item {
  readonly entry: OpenEntry;
  /** When it was read from the journal. Monotonic, ms. */
  readonly knownSince: number;
  /** A former holder of the duty may have sent it. */
  suspect: boolean;
  /** Attempts begun in this process. */
  attempts: number;
  /** Wall clock of the first attempt in this process, in milliseconds. */
  firstAttemptAt: number | null;
  translation: Translation | null;
  /** Site that the translation was made for. */
  translatedFor: string | null;
  /** The next step is to ask the taker whether it has the event. */
  asks: boolean;
  /** Why it went although its number was not the next; told with its settlement. */
  remark: string | null;
  /** Settled elsewhere while under way: what comes back is still written, nothing more is started. */
  gone: boolean;
}

/** Items that go one after the other: those of one key, or a single one where no order is asked for. */
export interface Lane {
  readonly key: string | null;
  readonly items: Item[];
  busy: boolean;
  /** Stands in line for its head to be begun. */
  queued: boolean;
  /** Entries of the key were left out of the window. */
  more: boolean;
  /** How many were. */
  leftOut: number;
  /** The highest number of theirs that came by. */
  newest: OpenEntry["sequence"];
}

const newLane = (key: string | null, items: Item[]): Lane => ({
  key,
  items,
  busy: false,
  queued: false,
  more: false,
  leftOut: 0,
  newest: null,
});

/** @param now monotonic, ms */
export const newItem = (entry: OpenEntry, suspect: boolean, now: number): Item => ({
  entry,
  knownSince: now,
  suspect,
  attempts: 0,
  firstAttemptAt: null,
  translation: null,
  translatedFor: null,
  asks: false,
  remark: null,
  gone: false,
});

/** Order of the journal; of two journals of one duty the older incarnation comes first. */
export const isBefore = (a: OpenEntry, b: OpenEntry): boolean =>
  a.journal === b.journal
    ? a.position < b.position
    : journalParts(a.journal).incarnation < journalParts(b.journal).incarnation;

const noteNumber = (lane: Lane, { sequence }: OpenEntry): void => {
  const { newest } = lane;
  if (sequence === null) return;
  if (newest === null || newest.of !== sequence.of || newest.number < sequence.number) lane.newest = sequence;
};

/** The part of a duty's open entries that is in memory, bounded, arranged in lanes. */
export class Window {
  readonly #items = new Map<string, Item>();
  readonly #lanes = new Map<string, Lane>();
  readonly #capacity: number;
  readonly #laneCapacity: number;

  /**
   * @param capacity items held at most
   * @param laneCapacity items of one key held at most, so that one slow key does not fill the window
   */
  constructor(capacity: number, laneCapacity: number) {
    this.#capacity = capacity;
    this.#laneCapacity = laneCapacity;
  }

  get size(): number {
    return this.#items.size;
  }

  get room(): number {
    return this.#capacity - this.#items.size;
  }

  get(identity: string): Item | undefined {
    return this.#items.get(identity);
  }

  items(): IterableIterator<Item> {
    return this.#items.values();
  }

  lane(key: string): Lane | undefined {
    return this.#lanes.get(key);
  }

  /** Takes an item in without a lane, until its key is known. */
  hold(item: Item): void {
    this.#items.set(item.entry.identity, item);
  }

  /**
   * Puts an item in its lane, in order.
   *
   * @returns the lane, or null where the lane is full and the item was left out
   */
  place(item: Item, key: string | null): Lane | null {
    if (key === null) {
      this.#items.set(item.entry.identity, item);
      return newLane(null, [item]);
    }
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = newLane(key, []);
      this.#lanes.set(key, lane);
    }
    noteNumber(lane, item.entry);
    const last = lane.items.at(-1);
    const atEnd = last === undefined || isBefore(last.entry, item.entry);
    if (atEnd && (lane.more || lane.items.length >= this.#laneCapacity)) {
      lane.more = true;
      lane.leftOut += 1;
      this.#items.delete(item.entry.identity);
      return null;
    }
    this.insert(item, lane);
    return lane;
  }

  /** Puts an item in a lane, in order, whether it is full or not. */
  insert(item: Item, lane: Lane): void {
    this.#items.set(item.entry.identity, item);
    lane.items.splice(this.#placeIn(lane, item), 0, item);
  }

  /** Puts an item of a lane before all others of it. */
  lead(item: Item, lane: Lane): void {
    lane.items.splice(lane.items.indexOf(item), 1);
    lane.items.unshift(item);
  }

  /** The head of a lane is under way no more: what was opened again meanwhile and stands before it goes first. */
  settleOrder(lane: Lane): void {
    lane.items.sort((a, b) => (isBefore(a.entry, b.entry) ? -1 : 1));
  }

  /** Drops all items of a key; they stay in the journal. */
  evict(key: string): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    for (const item of lane.items.splice(0)) this.#items.delete(item.entry.identity);
    lane.more = false;
    this.#lanes.delete(key);
  }

  /** Removes an item; a lane without items and without left-out entries goes too. */
  remove(item: Item, lane: Lane): void {
    this.#items.delete(item.entry.identity);
    const index = lane.items.indexOf(item);
    if (index >= 0) lane.items.splice(index, 1);
    this.forgetIfEmpty(lane);
  }

  forgetIfEmpty(lane: Lane): void {
    if (lane.key !== null && lane.items.length === 0 && !lane.more) this.#lanes.delete(lane.key);
  }

  drop(identity: string): void {
    this.#items.delete(identity);
  }

  /** An item that is under way keeps its place at the head whatever arrives before it. */
  #placeIn(lane: Lane, item: Item): number {
    const first = lane.busy ? 1 : 0;
    const index = lane.items.findIndex((other, at) => at >= first && isBefore(item.entry, other.entry));
    return index < 0 ? lane.items.length : index;
  }
}
