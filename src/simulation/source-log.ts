import type { Given } from "./ledgers.ts";
import type { PollShape } from "./schedule-model.ts";

/** One item in the logs of a partner's sites. */
export interface Item {
  readonly given: Given;
  /** The site where it came to be. */
  readonly origin: string;
  /** Counts what came to be there; never given twice. */
  readonly number: number;
  /** By the clock of that site, in milliseconds. */
  readonly stampedAt: number;
}

export interface Page {
  readonly items: readonly Item[];
  /** null: as it was. */
  readonly cursor: string | null;
  readonly more: boolean;
}

/** What one site has, in the order in which it came to have it. */
export class SourceLog {
  readonly site: string;
  #items: Item[] = [];

  constructor(site: string) {
    this.site = site;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  has({ origin, number }: Item): boolean {
    return this.#items.some((item) => item.origin === origin && item.number === number);
  }

  append(item: Item): void {
    if (!this.has(item)) this.#items.push(item);
  }

  /** Goes on with what another site has: what that does not have is forgotten. */
  become(other: SourceLog): void {
    this.#items = [...other.items];
  }

  forget(lost: readonly Item[]): void {
    this.#items = this.#items.filter((item) => !lost.includes(item));
  }

  /** What an exact cursor has passed is gone. */
  deleteWithin(cursor: string | null): void {
    const passed = passedBy(cursor);
    this.#items = this.#items.filter(({ origin, number }) => number > (passed[origin] ?? 0));
  }

  /** What stands behind a cursor, as the kind of cursor tells. */
  page(cursor: string | null, { cursor: kind, pageSize }: PollShape, overlapMs: number): Page {
    switch (kind) {
      case "exact":
        return this.#exact(cursor, pageSize);
      case "numbers":
        return this.#numbered(Number(cursor ?? 0), pageSize);
      case "time":
        return this.#since(cursor === null ? Number.NEGATIVE_INFINITY : Number(cursor), pageSize, overlapMs);
    }
  }

  #exact(cursor: string | null, size: number): Page {
    const passed = passedBy(cursor);
    const behind = this.#items.filter(({ origin, number }) => number > (passed[origin] ?? 0));
    const items = behind.slice(0, size);
    for (const { origin, number } of items) passed[origin] = Math.max(passed[origin] ?? 0, number);
    return { items, cursor: items.length === 0 ? cursor : JSON.stringify(passed), more: behind.length > items.length };
  }

  #numbered(from: number, size: number): Page {
    const items = this.#items.slice(from, from + size);
    const to = from + items.length;
    return { items, cursor: to === 0 ? null : String(to), more: this.#items.length > to };
  }

  /** What the overlap brings once more has no part in the size of a page, or there would be no end of it. */
  #since(from: number, size: number, overlapMs: number): Page {
    const sorted = this.#items.filter(({ stampedAt }) => stampedAt >= from - overlapMs).sort(byTime);
    const again = sorted.filter(({ stampedAt }) => stampedAt <= from);
    const fresh = sorted.slice(again.length, again.length + size);
    const last = fresh.at(-1)?.stampedAt ?? from;
    const cursor = Number.isFinite(last) ? String(last) : null;
    return { items: [...again, ...fresh], cursor, more: sorted.length > again.length + fresh.length };
  }
}

/** By site, up to which of its numbers. */
const passedBy = (cursor: string | null): Record<string, number> =>
  cursor === null ? {} : (JSON.parse(cursor) as Record<string, number>);

const byTime = (a: Item, b: Item): number => a.stampedAt - b.stampedAt || a.number - b.number;
