import type { Item, ItemKey } from "../../aws/dynamo/table.ts";
import type { Done } from "../../core/ports.ts";
import type { EntryRecord } from "../../core/records.ts";
import { conflictIn, entryIn, entryKey, isAccepted, isExpiring } from "./items.ts";
import type { Numbering, NumberingPorts } from "./numbering.ts";

export interface InboxPorts extends NumberingPorts {
  /** An entry of a lost region is taken over when it has waited for so long, as far as was seen here. Milliseconds. */
  readonly rescueAfterMs: number;
}

const atOnce = 200;
const most = 100_000;

/** What was accepted and has no number: of this region, and of one that is lost. */
export class Inbox {
  readonly #ports: InboxPorts;
  readonly #numbering: Numbering;
  /** Since when entries of a lost region were seen to wait. Monotonic, ms. */
  #seen = new Map<string, number>();

  constructor(ports: InboxPorts, numbering: Numbering) {
    this.#ports = ports;
    this.#numbering = numbering;
  }

  /**
   * Numbers what waits in the region's inbox, and mends what a process left between two writes. `done(null)`: the table
   * did not answer.
   *
   * @param done how many entries got their number
   */
  sequence(done: Done<number | null>): void {
    const { region, table } = this.#ports;
    table.inbox(region, atOnce, (read) => {
      if (read.kind === "failed") return done(null);
      const keys = read.items.map(({ pk, sk }) => ({ pk, sk }));
      if (keys.length === 0) return done(0);
      table.get(keys, true, (got) => {
        if (got.kind === "failed") return done(null);
        this.#numberOf(
          got.items.filter((item) => item?.attributes.inbox === region),
          (numbered) => {
            if (numbered === null || numbered === 0 || !read.more) return done(numbered);
            this.sequence((more) => done(more === null ? null : more + numbered));
          },
        );
      });
    });
  }

  #numberOf(items: readonly (Item | null)[], done: Done<number | null>): void {
    const waiting = items.flatMap(entriesIn);
    const isNumbered = ({ identity }: EntryRecord): boolean => this.#numbering.placeOf(identity) !== null;
    for (const { identity } of waiting.filter(isNumbered)) this.#numbering.mend(identity);
    this.#listConflicts(items);
    const unnumbered = waiting.filter((entry) => !isNumbered(entry));
    this.#withoutRescued(unnumbered, (left) => {
      if (left === null) return done(null);
      this.#numbering.number(left, (failure) => done(failure === null ? unnumbered.length : null));
    });
  }

  /**
   * What waited for so long that another region may have taken it over, while this one seemed lost, and did: it is an entry
   * of that region now, or was. `done(null)`: the table did not answer.
   */
  #withoutRescued(entries: readonly EntryRecord[], done: Done<readonly EntryRecord[] | null>): void {
    const { region, regions, table, clock, rescueAfterMs } = this.#ports;
    const others = regions.filter((other) => other !== region);
    const old = entries.filter(({ acceptedAt }) => clock.wallMs() - acceptedAt >= rescueAfterMs);
    const copies = old.flatMap((entry) => others.map((other) => ({ entry, key: entryKey(other, entry.identity) })));
    if (copies.length === 0) return done(entries);
    const keys = copies.map(({ key }) => key);
    table.get(keys, false, (got) => {
      if (got.kind === "failed") return done(null);
      const rescued = new Set(
        copies.filter(({ entry }, at) => isCopy(got.items[at] ?? null, entry)).map(({ entry }) => entry),
      );
      for (const { identity } of rescued) this.#numbering.giveUp(identity);
      done(entries.filter((entry) => !rescued.has(entry)));
    });
  }

  /** Conflicts that were found without the journals at hand become records; then their items are gone. */
  #listConflicts(items: readonly (Item | null)[]): void {
    const { index, log, table } = this.#ports;
    const found = items.flatMap((item) => {
      const conflict = item === null ? null : conflictIn(item);
      return item === null || conflict === null ? [] : [{ item, conflict }];
    });
    if (found.length === 0) return;
    log.append({
      records: () => {
        const left = found.map(({ conflict }) => conflict).filter((conflict) => !index.hasConflict(conflict));
        return left.length === 0 ? null : left;
      },
      done: ({ kind }) => {
        if (kind === "refused") return;
        for (const { item } of found) table.remove(item, () => undefined);
      },
    });
  }

  /** Entries of a lost region that it had not numbered become entries of this one: nobody else numbers them now. */
  rescue(lost: string, done: Done<number | null>): void {
    this.#rescueSome(lost, atOnce, done);
  }

  /** Nobody but the lost region takes anything out of its inbox: what is behind what was rescued is asked for with it. */
  #rescueSome(lost: string, limit: number, done: Done<number | null>): void {
    this.#ports.table.inbox(lost, limit, (read) => {
      if (read.kind === "failed") return done(null);
      const keys = this.#waitedFor(read.items.map(({ pk, sk }) => ({ pk, sk })));
      if (keys.length === 0) return done(0);
      this.#takeOver(keys, (rescued) => {
        if (rescued === null || !read.more || limit > most) return done(rescued);
        this.#rescueSome(lost, limit * 2, (more) => done(more === null ? null : more + rescued));
      });
    });
  }

  /** One that comes back just now numbers what it accepted: that is left to it for a while. */
  #waitedFor(keys: readonly ItemKey[]): readonly ItemKey[] {
    const { clock, rescueAfterMs } = this.#ports;
    const now = clock.monotonicMs();
    this.#seen = new Map(keys.map(({ pk }) => [pk, this.#seen.get(pk) ?? now]));
    return keys.filter(({ pk }) => now - (this.#seen.get(pk) ?? now) >= rescueAfterMs);
  }

  #takeOver(keys: readonly ItemKey[], done: Done<number | null>): void {
    const { table, index } = this.#ports;
    table.get(keys, false, (got) => {
      if (got.kind === "failed") return done(null);
      const unknown = got.items.flatMap(entriesIn).filter(({ identity }) => index.find(identity) === null);
      if (unknown.length === 0) return done(0);
      this.#numbering.putOwn(unknown, (refusal) => {
        if (refusal !== null) return done(null);
        this.#numbering.number(unknown, (failure) => done(failure === null ? unknown.length : null));
      });
    });
  }
}

/** Whether an item is what another region made of an entry when it took it over. */
const isCopy = (item: Item | null, { acceptedAt }: EntryRecord): boolean => {
  if (item === null || !(isAccepted(item) || isExpiring(item))) return false;
  return entryIn(item)?.acceptedAt === acceptedAt;
};

const entriesIn = (item: Item | null): readonly EntryRecord[] => {
  const entry = item === null || isExpiring(item) ? null : entryIn(item);
  return entry === null ? [] : [entry];
};
