import type { EntryRecord, JournalName, ResubmitRecord, SettlementRecord } from "../../core/records.ts";
import { type KnownSwitch, stateOf } from "../../core/settlement.ts";
import { bytesOf, isTroubled, type Known, type Placed } from "./known.ts";
import { Tally } from "./tally.ts";

/** Told when an entry becomes open, and when it no longer is. */
export interface OpenLists {
  opened(placed: Placed): void;
  closed(placed: Placed): void;
}

/** What the journals of a connector say of each identity, and what follows from it. */
export class Identities {
  switches: readonly KnownSwitch[] = [];
  readonly tally = new Tally();
  readonly troubled = new Set<Known>();
  /** Latest delivery at each site. Wall clock, ms. */
  readonly deliveredAt = new Map<string, number>();
  readonly #known = new Map<string, Known>();
  readonly #lists: OpenLists;

  constructor(lists: OpenLists) {
    this.#lists = lists;
  }

  get(identity: string): Known | undefined {
    return this.#known.get(identity);
  }

  enter(journal: JournalName, position: number, record: EntryRecord): Placed {
    const known = this.#of(record.identity);
    const placed: Placed = { journal, position, record, bytes: bytesOf(record), known };
    this.tally.takeOut(known);
    known.entries.push(placed);
    this.tally.add(known);
    if (known.state.kind === "open") this.#lists.opened(placed);
    return placed;
  }

  settle(record: SettlementRecord): void {
    const { outcome, site, time } = record;
    if (outcome === "delivered" && site !== null) {
      this.deliveredAt.set(site, Math.max(time, this.deliveredAt.get(site) ?? time));
    }
    const known = this.#of(record.identity);
    this.#change(known, () => known.settlements.push(record));
  }

  reopen(journal: JournalName, position: number, { identity, round }: ResubmitRecord): void {
    const known = this.#of(identity);
    this.#change(known, () => known.resubmissions.push({ journal, position, round }));
  }

  /** Deliveries at the site that was left may be undone: of whatever identity. */
  switchSite(change: KnownSwitch): void {
    this.switches = [...this.switches, change];
    for (const known of this.#known.values()) this.#change(known, () => undefined);
  }

  /** Forgets an entry, and its identity where no other journal has it: then true. */
  forget(placed: Placed): boolean {
    const { known } = placed;
    this.tally.takeOut(known);
    known.entries.splice(known.entries.indexOf(placed), 1);
    this.#lists.closed(placed);
    if (known.entries.length > 0) {
      this.tally.add(known);
      return false;
    }
    this.#known.delete(known.identity);
    this.troubled.delete(known);
    if (known.state.kind === "settled") this.tally.addForgotten(known.state.settlement.outcome);
    return true;
  }

  #of(identity: string): Known {
    let known = this.#known.get(identity);
    if (known === undefined) {
      known = { identity, entries: [], settlements: [], resubmissions: [], state: { kind: "open", round: 0 } };
      this.#known.set(identity, known);
    }
    return known;
  }

  /** Whatever changes what is known of an identity changes its state, and with it every list that it is in. */
  #change(known: Known, change: () => void): void {
    const wasOpen = known.state.kind === "open";
    this.tally.takeOut(known);
    change();
    const round = known.resubmissions.reduce((highest, one) => Math.max(highest, one.round), 0);
    known.state = stateOf(round, known.settlements, this.switches);
    this.tally.add(known);
    if (isTroubled(known)) this.troubled.add(known);
    else this.troubled.delete(known);
    const isOpen = known.state.kind === "open";
    if (wasOpen === isOpen) return;
    for (const placed of known.entries) {
      if (isOpen) this.#lists.opened(placed);
      else this.#lists.closed(placed);
    }
  }
}
