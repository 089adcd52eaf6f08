import type { Numbered, SeriesQuery, SeriesView } from "../../core/ports.ts";
import { isOpen, type Placed } from "./known.ts";

/** Entries of one series in order of number. */
interface Series {
  entries: Placed[];
  /** Before it everything is closed. */
  head: number;
}

/** The entries of a connector that have numbers, by series. */
export class Numbers {
  readonly #series = new Map<string, Series>();

  add(placed: Placed): void {
    const { sequence } = placed.record;
    if (sequence === null) return;
    const series = this.#series.get(sequence.of) ?? { entries: [], head: 0 };
    this.#series.set(sequence.of, series);
    const at = firstFrom(series.entries, sequence.number + 1);
    if (at === series.entries.length) series.entries.push(placed);
    else series.entries.splice(at, 0, placed);
    series.head = Math.min(series.head, at);
  }

  /** It may have been opened again. */
  opened({ record: { sequence } }: Placed): void {
    const series = sequence === null ? undefined : this.#series.get(sequence.of);
    if (series !== undefined && sequence !== null) {
      series.head = Math.min(series.head, firstFrom(series.entries, sequence.number));
    }
  }

  forget(forgotten: ReadonlySet<Placed>): void {
    const names = new Set([...forgotten].flatMap(({ record: { sequence } }) => sequence?.of ?? []));
    for (const name of names) {
      const left = this.#series.get(name)?.entries.filter((placed) => !forgotten.has(placed)) ?? [];
      if (left.length === 0) this.#series.delete(name);
      else this.#series.set(name, { entries: left, head: 0 });
    }
  }

  view({ series: name, number, key, limit }: SeriesQuery): SeriesView {
    const series = this.#series.get(name);
    if (series === undefined) return { below: [], above: [], open: [] };
    const { entries } = series;
    const first = firstFrom(entries, number);
    const next = firstFrom(entries, number + 1);
    return {
      below: entries
        .slice(Math.max(0, first - limit), first)
        .reverse()
        .map(numbered),
      above: entries.slice(next, next + limit).map(numbered),
      open: openOf(key, series, first, limit).map(numbered),
    };
  }
}

/** Open entries of a key before an index. */
const openOf = (key: string, series: Series, before: number, limit: number): readonly Placed[] => {
  const { entries } = series;
  while (series.head < entries.length && !isOpen(entries[series.head])) series.head += 1;
  const found: Placed[] = [];
  for (const placed of entries.slice(series.head, before)) {
    if (placed.record.key === key && isOpen(placed)) found.push(placed);
    if (found.length >= limit) break;
  }
  return found;
};

const numberOf = (placed: Placed | undefined): number => placed?.record.sequence?.number ?? 0;

const numbered = (placed: Placed): Numbered => {
  const { journal, position, record } = placed;
  const { identity, key } = record;
  return { journal, position, identity, key, number: numberOf(placed), open: isOpen(placed) };
};

/** Index of the first entry whose number is not below this one. */
const firstFrom = (entries: readonly Placed[], number: number): number => {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(entries[middle]) < number) low = middle + 1;
    else high = middle;
  }
  return low;
};
