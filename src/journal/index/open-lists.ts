import type { OpenEntry, OpenQuery } from "../../core/ports.ts";
import type { JournalName, Vector } from "../../core/records.ts";
import type { Placed } from "./known.ts";
import { OpenList } from "./open-list.ts";

interface OfJournal {
  readonly all: OpenList;
  readonly byKey: Map<string, OpenList>;
}

/** Open entries of a connector, by journal, and by key in each. */
export class OpenLists {
  readonly #lists = new Map<JournalName, OfJournal>();

  opened(placed: Placed): void {
    const { all, byKey } = this.#of(placed.journal);
    all.open(placed);
    const { key } = placed.record;
    if (key === null) return;
    const ofKey = byKey.get(key) ?? new OpenList();
    byKey.set(key, ofKey);
    ofKey.open(placed);
  }

  closed(placed: Placed): void {
    const { all, byKey } = this.#of(placed.journal);
    all.close(placed);
    const { key } = placed.record;
    const ofKey = key === null ? undefined : byKey.get(key);
    if (key === null || ofKey === undefined) return;
    ofKey.close(placed);
    if (ofKey.size === 0) byKey.delete(key);
  }

  read(query: OpenQuery): OpenEntry[] {
    const found: OpenEntry[] = [];
    for (const journal of query.journals) {
      const above = query.above[journal] ?? 0;
      const upTo = query.upTo === undefined ? Number.POSITIVE_INFINITY : (query.upTo[journal] ?? 0);
      for (const { position, record, known } of this.#list(journal, query.key ?? null)?.above(above) ?? []) {
        if (position > upTo) break;
        if (found.length >= query.limit) return found;
        found.push({ ...record, journal, position, round: known.state.round });
      }
    }
    return found;
  }

  /** @param key null: of any */
  any(journals: readonly JournalName[], upTo: Vector, key: string | null): boolean {
    return journals.some((journal) => {
      const first = this.#list(journal, key)?.first() ?? null;
      return first !== null && first.position <= (upTo[journal] ?? 0);
    });
  }

  /** When the oldest of the first ones of each journal was accepted; null: none is open. */
  oldestAt(): number | null {
    const times = [...this.#lists.values()].flatMap(({ all }) => all.first()?.record.acceptedAt ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  #list(journal: JournalName, key: string | null): OpenList | undefined {
    const lists = this.#lists.get(journal);
    return key === null ? lists?.all : lists?.byKey.get(key);
  }

  #of(journal: JournalName): OfJournal {
    let lists = this.#lists.get(journal);
    if (lists === undefined) {
      lists = { all: new OpenList(), byKey: new Map() };
      this.#lists.set(journal, lists);
    }
    return lists;
  }
}
