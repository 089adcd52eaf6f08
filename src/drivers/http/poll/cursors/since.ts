/**
 * The time that a source gave to each item, or its number. A pass begins `overlap` before the highest that was seen, so
 * that what was written late or out of order is found, and goes from page to page by the highest of each page: with the
 * overlap at every page, a page that is shorter than the overlap would be read for ever. Only their times count, never
 * our clock's.
 */
import { pointerReader } from "../../../../define/place.ts";
import type { CursorSpec, PollSpec } from "../../../../define/spec.ts";
import { parseJson } from "../../json.ts";
import type { CursorKind, Next, Page } from "../cursor.ts";
import { type Moment, momentOf } from "../moment.ts";

/** Between passes a cursor is `seen` as the source wrote it; within one it is JSON of both. */
interface Place {
  /** The highest seen. */
  readonly seen: string;
  /** Up to where the pass has come; null: between passes. */
  readonly on: string | null;
}

type Since = Extract<CursorSpec, { readonly kind: "since" }>;

export const sinceCursor = ({ query, field, overlapMs }: Since, startFrom: PollSpec["startFrom"]): CursorKind => {
  const read = pointerReader(field);
  const first = typeof startFrom === "object" ? startFrom.time : null;
  const askedFrom = (cursor: string | null): string | null => {
    if (cursor === null) return first;
    const { seen, on } = placeOf(cursor);
    return on ?? momentOf(seen)?.earlier(overlapMs) ?? seen;
  };
  return {
    request: (cursor) => {
      const from = askedFrom(cursor);
      return from === null ? {} : { query: { [query]: from } };
    },
    next: (page) => {
      const moments = page.items.map((item) => momentOf(read(item))).filter((moment) => moment !== null);
      const highest = latest(moments);
      if (highest !== null) return passed(page.asked, momentOf(askedFrom(page.asked)), highest);
      return page.items.length === 0 ? ended(page) : { kind: "unreadable", reason: `no item has a time at ${field}` };
    },
    rewound: (cursor, byMs) => {
      const { seen, on } = placeOf(cursor);
      const moment = earliest(momentOf(seen), on === null ? null : momentOf(on));
      return moment?.timed === true ? moment.earlier(byMs) : null;
    },
  };
};

/** The pass goes on as long as pages lead further: whether a page was full nobody says. */
const passed = (cursor: string | null, from: Moment | null, highest: Moment): Next => {
  const before = cursor === null ? null : momentOf(placeOf(cursor).seen);
  const seen = before === null || highest.isAfter(before) ? highest : before;
  const more = from === null || highest.isAfter(from);
  return { kind: "next", cursor: more ? textOf({ seen: seen.text, on: highest.text }) : seen.text, more };
};

const ended = ({ asked }: Page): Next => ({
  kind: "next",
  cursor: asked === null || placeOf(asked).on === null ? null : placeOf(asked).seen,
  more: false,
});

const latest = (moments: readonly Moment[]): Moment | null =>
  moments.reduce<Moment | null>((high, moment) => (high === null || moment.isAfter(high) ? moment : high), null);

const earliest = (first: Moment | null, second: Moment | null): Moment | null => {
  if (first === null || second === null) return first ?? second;
  return first.isAfter(second) ? second : first;
};

const textOf = (place: Place): string => JSON.stringify(place);

const placeOf = (cursor: string): Place => {
  const value: unknown = cursor.startsWith("{") ? parseJson(cursor) : null;
  const within = typeof value === "object" && value !== null && "seen" in value && "on" in value ? value : null;
  return within === null
    ? { seen: cursor, on: null }
    : { seen: String(within.seen), on: typeof within.on === "string" ? within.on : null };
};
