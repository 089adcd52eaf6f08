import type { Item, ItemKey } from "../../aws/dynamo/table.ts";
import type { Done } from "../../core/ports.ts";
import type { EntryRecord } from "../../core/records.ts";
import { conflictIn, entryIn, isExpiring } from "./items.ts";
import type { Numbering, NumberingPorts } from "./numbering.ts";

const atOnce = 200;
const most = 100_000;

/** What was accepted and has no number: of this region, and of one that is lost. */
export class Inbox {
  readonly #ports: NumberingPorts;
  readonly #numbering: Numbering;

  constructor(ports: NumberingPorts, numbering: Numbering) {
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
    this.#numbering.number(unnumbered, (failure) => done(failure === null ? unnumbered.length : null));
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
      const keys = read.items.map(({ pk, sk }) => ({ pk, sk }));
      if (keys.length === 0) return done(0);
      this.#takeOver(keys, (rescued) => {
        if (rescued === null || !read.more || limit > most) return done(rescued);
        this.#rescueSome(lost, limit * 2, (more) => done(more === null ? null : more + rescued));
      });
    });
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

const entriesIn = (item: Item | null): readonly EntryRecord[] => {
  const entry = item === null || isExpiring(item) ? null : entryIn(item);
  return entry === null ? [] : [entry];
};
