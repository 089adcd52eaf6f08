import type { ConnectorSpec } from "../define/spec.ts";
import type { DispatchPorts, DutyGrip } from "./dispatch-ports.ts";
import type { OpenEntry, OpenQuery } from "./ports.ts";
import { type JournalName, type JournalRecord, journalParts, type Vector } from "./records.ts";
import { needsPerson } from "./settlement.ts";
import { TroubledKeys } from "./troubled-keys.ts";
import { covers, journalsIn, journalsOf, positionOf } from "./vector.ts";
import { type Item, type Lane, newItem, type Window } from "./window.ts";

/** Entries read from the journal at once. */
const page = 256;

/** An item whose key is being looked for; undefined: not known yet. */
interface Keying {
  readonly item: Item;
  key: string | null | undefined;
}

/** Brings a duty's open entries from the journal into the window, in order, and knows which of them are first. */
export class Feeder {
  readonly #ports: DispatchPorts;
  readonly #grip: DutyGrip;
  readonly #window: Window;
  readonly #offer: (lane: Lane) => void;
  /** Called after lanes were offered by something that ended later. */
  readonly #poke: () => void;
  #spec: ConnectorSpec;
  /** Up to where each journal was scanned. */
  #cursor: Record<JournalName, number> = {};
  #caughtUp = false;
  #filling = false;
  /** What was read together enters its lanes before any of it starts: of a key the last may be all that matters. */
  #placing = false;
  #scan = 0;
  /** Settled here, not yet durable: the journal still calls them open. */
  readonly #closing = new Set<string>();
  /** Opened again while the window had their earlier round. */
  readonly #laterRounds = new Set<string>();
  /** For each read under way what became durable since it began: it may still show that as open. */
  readonly #closedSince = new Set<Set<string>>();
  readonly #troubled: TroubledKeys;
  readonly #keying: Keying[] = [];
  /** Switches that the scan knew of. */
  #switches = 0;
  /** Positions up to which no entry of any key is open. */
  #clear: Record<JournalName, number> = {};

  constructor(
    spec: ConnectorSpec,
    ports: DispatchPorts,
    grip: DutyGrip,
    window: Window,
    offer: (lane: Lane) => void,
    poke: () => void,
  ) {
    this.#spec = spec;
    this.#ports = ports;
    this.#grip = grip;
    this.#window = window;
    this.#offer = offer;
    this.#poke = poke;
    this.#troubled = new TroubledKeys(spec.name, ports.journal, (released) => {
      if (released) this.rescan();
      this.#poke();
    });
  }

  start(): void {
    this.#switches = this.#countSwitches();
    if (this.#blocksKeys()) this.#troubled.load();
    else this.fill();
  }

  update(spec: ConnectorSpec): void {
    this.#spec = spec;
    if (this.#blocksKeys()) this.#troubled.load();
  }

  /** Reads on while there is room and anything left to read. */
  fill(): void {
    if (this.#filling || this.#caughtUp || this.#window.room < page / 4) return;
    if (this.#blocksKeys() && !this.#troubled.known) return;
    const { journal } = this.#ports;
    const vector = journal.vector(this.#spec.name);
    const journals = journalsOf(this.#grip.duty, vector);
    const limit = Math.min(page, this.#window.room);
    const scan = this.#scan;
    this.#filling = true;
    this.#caughtUp = true;
    this.#read({ journals, above: { ...this.#cursor }, limit }, (entries, open) => {
      this.#filling = false;
      if (scan !== this.#scan) {
        this.#caughtUp = false;
        return;
      }
      this.#took(entries, limit, journals, vector);
      this.#placing = true;
      for (const entry of open) this.#consider(entry);
      this.#placing = false;
    });
  }

  /** Reads everything open once more: something behind the scan was opened again. */
  rescan(): void {
    this.#scan += 1;
    this.#switches = this.#countSwitches();
    this.#cursor = {};
    this.#clear = {};
    this.#caughtUp = false;
    this.fill();
  }

  arrived(entry: OpenEntry): void {
    const fits = this.#caughtUp && !this.#filling && this.#window.room > 0;
    if (!fits || entry.position <= positionOf(this.#cursor, entry.journal)) {
      this.#caughtUp = false;
      return this.fill();
    }
    this.#cursor[entry.journal] = entry.position;
    this.#consider(entry);
  }

  learned(journal: JournalName, records: readonly JournalRecord[]): void {
    let reopened = false;
    let decided = false;
    for (const record of records) {
      if (record.kind === "switch" || record.kind === "resubmit") reopened = true;
      // While a key is troubled any settlement may end it: the same event may have been delivered from another journal.
      if (record.kind === "resubmit" || (record.kind === "settlement" && this.#speaksOfTrouble(record))) decided = true;
      if (record.kind === "entry" && journalParts(journal).region === this.#grip.duty) this.#caughtUp = false;
    }
    if (decided && this.#blocksKeys()) this.#troubled.load();
    if (reopened) this.rescan();
  }

  /**
   * Reads again where a switch is in force that the scan did not know of: the journal shows it a moment before its writer
   * is told, and what it opened again goes before everything else of its key.
   */
  catchUp(): void {
    if (this.isBehind) this.rescan();
  }

  /** Whether the scan has passed the entry, so that nothing of its journal that is open before it is unknown here. */
  passed(entry: OpenEntry): boolean {
    return !this.isBehind && positionOf(this.#cursor, entry.journal) >= entry.position;
  }

  /** Whether a switch is in force that the scan does not know of. */
  get isBehind(): boolean {
    return this.#switches !== this.#countSwitches();
  }

  isClosing(identity: string): boolean {
    return this.#closing.has(identity);
  }

  /** Whether every entry of its key that was accepted before it elsewhere is settled (`after`, protocol rule 14). */
  whenFirst(entry: OpenEntry, key: string | null, done: (first: boolean) => void): void {
    if (this.#spec.ordering === "none") return done(true);
    const needed: Record<JournalName, number> = {};
    for (const journal of journalsIn(entry.after)) {
      const position = positionOf(entry.after, journal);
      if (position > positionOf(this.#clear, journal)) needed[journal] = position;
    }
    if (journalsIn(needed).length === 0) return done(true);
    this.#askIfFirst(needed, this.#spec.role === "send" ? key : null, done);
  }

  #askIfFirst(needed: Vector, key: string | null, done: (first: boolean) => void): void {
    const { journal } = this.#ports;
    const { name } = this.#spec;
    const held = journal.vector(name);
    if (!covers(held, needed)) return done(false);
    const scan = this.#scan;
    journal.anyOpen(name, needed, null, (any) => {
      if (!any) {
        if (scan === this.#scan) {
          for (const each of journalsIn(needed)) this.#clear[each] = positionOf(needed, each);
        }
        return done(true);
      }
      if (key === null) return done(false);
      journal.anyOpen(name, needed, key, (open) => done(!open));
    });
  }

  /** The window has it no more: what was opened again meanwhile is read once more. */
  retired(identity: string): void {
    if (this.#laterRounds.delete(identity)) this.rescan();
  }

  closing(identity: string): void {
    this.#closing.add(identity);
  }

  closed(identity: string): void {
    this.#closing.delete(identity);
    this.#troubled.written(identity);
    for (const closed of this.#closedSince) closed.add(identity);
  }

  /** An entry of the key ends as a fault or unknown: with `block-key` the rest waits for a person. */
  troubled(identity: string, key: string): void {
    if (!this.#blocksKeys()) return;
    this.#troubled.add(identity, key);
    this.#window.evict(key);
  }

  /** Reads the next entries of a key whose lane ran empty while some had been left out. */
  refillLane(lane: Lane): void {
    const { key } = lane;
    if (key === null) return;
    const { journal } = this.#ports;
    const journals = journalsOf(this.#grip.duty, journal.vector(this.#spec.name));
    const limit = page / 16;
    const { leftOut } = lane;
    this.#read({ journals, above: {}, key, limit }, (entries, open) => {
      if (this.#window.lane(key) !== lane) return;
      const fresh = open.filter((entry) => this.#isNew(entry) && this.passed(entry));
      lane.more = entries.length === limit || lane.leftOut > leftOut;
      for (const entry of fresh) this.#window.insert(this.#newItem(entry), lane);
      this.#offer(lane);
      if (lane.items.length > 0) return;
      // Everything that was read is on its way out already: what follows is found by reading all once more.
      const rest = lane.more;
      lane.more = false;
      this.#window.forgetIfEmpty(lane);
      if (rest) this.rescan();
    });
  }

  /** @param done with what was read, and what of it is open still */
  #read(query: OpenQuery, done: (entries: readonly OpenEntry[], open: readonly OpenEntry[]) => void): void {
    const closed = new Set<string>();
    this.#closedSince.add(closed);
    this.#ports.journal.open(this.#spec.name, query, (entries) => {
      this.#closedSince.delete(closed);
      const open = entries.filter(({ identity }) => !closed.has(identity));
      done(entries, open);
      this.#poke();
    });
  }

  #took(entries: readonly OpenEntry[], limit: number, journals: readonly JournalName[], vector: Vector): void {
    const last = entries.at(-1);
    const full = last !== undefined && entries.length >= limit;
    const scannedBefore = full ? journals.indexOf(last.journal) : journals.length;
    for (const journal of journals.slice(0, scannedBefore)) this.#advance(journal, positionOf(vector, journal));
    if (full) {
      this.#advance(last.journal, last.position);
      this.#caughtUp = false;
    }
  }

  #advance(journal: JournalName, position: number): void {
    this.#cursor[journal] = Math.max(positionOf(this.#cursor, journal), position);
  }

  #newItem(entry: OpenEntry): Item {
    return newItem(entry, this.#grip.isSuspect(entry), this.#ports.clock.monotonicMs());
  }

  #isNew(entry: OpenEntry): boolean {
    return this.#window.get(entry.identity) === undefined && !this.#closing.has(entry.identity);
  }

  #consider(entry: OpenEntry): void {
    if (!this.#isNew(entry)) {
      const held = this.#window.get(entry.identity);
      if (held !== undefined && held.entry.round < entry.round) this.#laterRounds.add(entry.identity);
      return;
    }
    const item = this.#newItem(entry);
    if (this.#spec.ordering === "none") return this.#place(item, null);
    if (this.#spec.role === "send") return this.#place(item, entry.key);
    this.#findKey(item);
  }

  #place(item: Item, key: string | null): void {
    if (key !== null && this.#troubled.has(key)) return this.#window.drop(item.entry.identity);
    const lane = this.#window.place(item, key);
    if (lane !== null) this.#offer(lane);
  }

  /** Of an ingress message only its translation knows the key. Lanes are entered in the order of the journal. */
  #findKey(item: Item): void {
    const keying: Keying = { item, key: undefined };
    this.#keying.push(keying);
    this.#window.hold(item);
    this.#ports.translator.translate(this.#spec.name, item.entry, null, (translation) => {
      item.translation = translation;
      keying.key = translation.kind === "output" ? translation.key : null;
      for (let next = this.#keying[0]; next?.key !== undefined; next = this.#keying[0]) {
        this.#keying.shift();
        this.#place(next.item, next.key);
      }
      if (!this.#placing) this.#poke();
    });
  }

  #countSwitches(): number {
    return this.#ports.journal.switches(this.#spec.name).length;
  }

  #blocksKeys(): boolean {
    return this.#spec.ordering !== "none" && this.#spec.onFault === "block-key";
  }

  #speaksOfTrouble(record: JournalRecord & { kind: "settlement" }): boolean {
    return this.#troubled.any || needsPerson(record.outcome);
  }
}
