// Reading the pages of one journal, in order: a page is taken when every earlier one, and every entry that it names, is here.
import type { Item, Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, PositionedRecord } from "../../core/ports.ts";
import { type JournalName, journalParts } from "../../core/records.ts";
import { entryIn, entryKey, type Page, pageIn, pagesOf, pageText } from "./items.ts";

export interface WholePage {
  readonly page: number;
  readonly to: number;
  readonly records: readonly PositionedRecord[];
  readonly by: string;
}

export interface PageReading {
  /** Without holes. */
  readonly pages: readonly WholePage[];
  /** More may be read at once. */
  readonly more: boolean;
  /** A page is here, and something that it names, or an earlier one, is not. */
  readonly waits: boolean;
}

/** What can be said of entries without their items, by position. */
export interface EntryFacts {
  isForgotten(position: number): boolean;
  isHere(position: number): boolean;
}

/** As many as one call brings, where they are large; and entries of as many are looked for together. */
const pagesAtOnce = 100;

/**
 * @param next the page to begin with
 * @param isForgotten entries that are left out, since they were pruned
 * @param isHere entries that are not looked for, since they stand in the table as surely as the page
 * @param done null: the table did not answer
 */
export const readPages = (
  table: Table,
  journal: JournalName,
  next: number,
  { isForgotten, isHere }: EntryFacts,
  done: Done<PageReading | null>,
): void => {
  const own = journalParts(journal).region;
  const above = pageText(next - 1);
  table.query({ pk: pagesOf(journal), above, limit: pagesAtOnce, consistent: true }, (read) => {
    if (read.kind === "failed") return done(null);
    const following = inSequence(read.items, journal, next);
    const named = following.flatMap(({ records }) =>
      records.flatMap(({ position, record }) =>
        record.kind === "entry" && !isForgotten(position) && !isHere(position) ? [entryKey(own, record.identity)] : [],
      ),
    );
    const finish = (items: ReadonlyMap<string, Item>): void => {
      const pages = whole(following, own, items, { isForgotten, isHere });
      done({
        pages,
        more: read.more && pages.length === read.items.length,
        waits: pages.length < read.items.length,
      });
    };
    if (named.length === 0) return finish(new Map());
    table.get(named, true, (got) => {
      if (got.kind === "failed") return done(null);
      finish(new Map(got.items.flatMap((item) => (item === null ? [] : [[item.pk, item]]))));
    });
  });
};

const inSequence = (items: readonly Item[], journal: JournalName, next: number): readonly Page[] => {
  const pages = items.map((item) => pageIn(journal, item));
  const gap = pages.findIndex(({ page }, at) => page !== next + at);
  return gap < 0 ? pages : pages.slice(0, gap);
};

const whole = (
  pages: readonly Page[],
  region: string,
  entries: ReadonlyMap<string, Item>,
  { isForgotten, isHere }: EntryFacts,
): readonly WholePage[] => {
  const taken: WholePage[] = [];
  for (const { page, to, by, records } of pages) {
    const found: PositionedRecord[] = [];
    for (const { position, record } of records) {
      if (record.kind !== "entry") {
        found.push({ position, record });
        continue;
      }
      if (isForgotten(position)) continue;
      if (isHere(position)) {
        found.push({ position, record });
        continue;
      }
      const item = entries.get(entryKey(region, record.identity).pk);
      const entry = item === undefined ? null : entryIn(item);
      if (entry === null) return taken;
      found.push({ position, record: entry });
    }
    taken.push({ page, to, by, records: found });
  }
  return taken;
};

/** Tries again, a little later each time, until it is answered or the time is over. */
export const persist = <T>(
  clock: Clock,
  giveUpAfterMs: number,
  attempt: (done: Done<T | null>) => void,
  done: Done<T | null>,
): void => {
  const end = clock.monotonicMs() + giveUpAfterMs;
  const again = (pauseMs: number): void =>
    attempt((result) => {
      if (result !== null || clock.monotonicMs() + pauseMs > end) return done(result);
      clock.after(pauseMs, () => again(pauseMs * 2));
    });
  again(50);
};
