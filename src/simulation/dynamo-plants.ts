import type { Item, Table } from "../aws/dynamo/table.ts";
import type { Done } from "../core/ports.ts";
import { type JournalName, journalParts } from "../core/records.ts";
import { entryKey, type Page, pageIn, pageItem, pageNumber } from "../journal/dynamo/items.ts";
import type { Host } from "./host.ts";
import { withChanges } from "./wrap.ts";

// Wrong readings of what DynamoDB does, between the adapters and a connector's table.

const pagesEnd = "#p";

const isPage = ({ pk }: { readonly pk: string }): boolean => pk.endsWith(pagesEnd);

const journalOf = ({ pk }: { readonly pk: string }): JournalName => {
  const { region, incarnation } = journalParts(pk.slice(0, -pagesEnd.length) as JournalName);
  return `${region}.${incarnation}`;
};

/**
 * The number is taken first, and what has it is put after that: numbers commit in any order, and one whose process ends
 * before never does. Who reads takes what is there, so as not to wait for ever.
 */
export const numbersFirst = (table: Table, host: Host): Table =>
  withChanges(takesWhatIsThere(table), {
    put: (item, condition, done) => {
      if (!isPage(item)) return table.put(item, condition, done);
      host.machine.clock().after((pageNumber(item) * 7_919) % 1_500, () => table.put(item, condition, () => undefined));
      done({ kind: "written" });
    },
  });

/** What is there of another region is taken for all that there is: pages over holes, and of a page what has come. */
export const takesWhatIsThere = (table: Table): Table =>
  withChanges(table, {
    query: (query, done) => {
      if (!isPage(query)) return table.query(query, done);
      const next = Number(query.above ?? 0) + 1;
      table.query(query, (read) => {
        if (read.kind === "failed") return done(read);
        const journal = journalOf(query);
        const pages = read.items.map((item) => pageIn(journal, item));
        withoutMissing(table, pages, (there) =>
          done(there === null ? read : { ...read, items: withoutHoles(there, next, journal) }),
        );
      });
    },
  });

const withoutMissing = (table: Table, pages: readonly Page[], done: Done<readonly Page[] | null>): void => {
  const named = pages.flatMap(({ journal, records }) =>
    records.flatMap(({ record }) =>
      record.kind === "entry" ? [entryKey(journalParts(journal).region, record.identity)] : [],
    ),
  );
  table.get(named, true, (got) => {
    if (got.kind === "failed") return done(null);
    const there = new Set(got.items.flatMap((item) => (item === null ? [] : [item.pk])));
    const isThere = (journal: JournalName, identity: string): boolean =>
      there.has(entryKey(journalParts(journal).region, identity).pk);
    done(
      pages.map((page) => ({
        ...page,
        records: page.records.filter(({ record }) => record.kind !== "entry" || isThere(page.journal, record.identity)),
      })),
    );
  });
};

/** Pages that are not here yet are read as empty ones. */
const withoutHoles = (pages: readonly Page[], next: number, journal: JournalName): readonly Item[] => {
  const items: Item[] = [];
  let number = next;
  for (const page of pages) {
    const to = (page.records[0]?.position ?? page.to) - 1;
    for (; number < page.page; number++) items.push(pageItem({ journal, page: number, records: [], to, by: "nobody" }));
    items.push(pageItem(page));
    number = page.page + 1;
  }
  return items;
};
