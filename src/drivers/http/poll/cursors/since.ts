/**
 * The time that a source gave to each item, or its number. A pass begins `overlap` before the highest that was seen, so
 * that what was written late or out of order is found, and goes from page to page by the highest of each page: with the
 * overlap at every page, a page that is shorter than the overlap would be read for ever. Only their times count, never
 * our clock's: "from now on" is from where the first pass ended.
 */
import { pointerReader } from "../../../../define/place.ts";
import type { CursorSpec, PollSpec } from "../../../../define/spec.ts";
import { parseJson } from "../../json.ts";
import type { CursorKind, Next } from "../cursor.ts";
import { type Moment, momentOf } from "../moment.ts";

/** Between passes a cursor is `seen` as the source wrote it; otherwise it is JSON of all. */
interface Place {
  /** The highest seen; null: nothing was there yet. */
  readonly seen: string | null;
  /** Up to where the pass has come; null: between passes. */
  readonly on: string | null;
  /** What the source had before we came is passed over: what came later nobody else can tell from it. */
  readonly skips?: true;
}

type Since = Extract<CursorSpec, { readonly kind: "since" }>;

export const sinceCursor = ({ query, field, overlapMs }: Since, startFrom: PollSpec["startFrom"]): CursorKind => {
  const read = pointerReader(field);
  const first: Place = { seen: null, on: null, ...(startFrom === "now" ? { skips: true } : {}) };
  const firstFrom = typeof startFrom === "object" ? startFrom.time : null;
  const placeAt = (cursor: string | null): Place => (cursor === null ? first : placeOf(cursor));
  const askedFrom = ({ seen, on }: Place): string | null => {
    if (seen === null) return firstFrom;
    return on ?? momentOf(seen)?.earlier(overlapMs) ?? seen;
  };
  return {
    request: (cursor) => {
      const from = askedFrom(placeAt(cursor));
      return from === null ? {} : { query: { [query]: from } };
    },
    next: ({ asked, items }) => {
      const place = placeAt(asked);
      const highest = latest(items.map((item) => momentOf(read(item))).filter((moment) => moment !== null));
      if (highest !== null) return passed(place, momentOf(askedFrom(place)), highest);
      return items.length === 0
        ? ended(place, asked)
        : { kind: "unreadable", reason: `no item has a time at ${field}` };
    },
    rewound: (cursor, byMs) => {
      const { seen, on } = placeOf(cursor);
      const moment = earliest(momentOf(seen), momentOf(on));
      return moment?.timed === true ? moment.earlier(byMs) : null;
    },
  };
};

/** The pass goes on as long as pages lead further: whether a page was full nobody says. */
const passed = ({ seen: before, skips }: Place, from: Moment | null, highest: Moment): Next => {
  const known = momentOf(before);
  const seen = (known === null || highest.isAfter(known) ? highest : known).text;
  const more = from === null || highest.isAfter(from);
  const skipping = skips === undefined ? {} : { skips };
  return { kind: "next", cursor: more ? textOf({ seen, on: highest.text, ...skipping }) : seen, more, ...skipping };
};

const ended = ({ seen, on, skips }: Place, asked: string | null): Next => {
  const cursor = seen ?? textOf({ seen, on: null });
  const stands = on === null && skips === undefined;
  return { kind: "next", cursor: stands || cursor === asked ? null : cursor, more: false };
};

const latest = (moments: readonly Moment[]): Moment | null =>
  moments.reduce<Moment | null>((high, moment) => (high === null || moment.isAfter(high) ? moment : high), null);

const earliest = (first: Moment | null, second: Moment | null): Moment | null => {
  if (first === null || second === null) return first ?? second;
  return first.isAfter(second) ? second : first;
};

const textOf = (place: Place): string => JSON.stringify(place);

const placeOf = (cursor: string): Place => {
  const value: unknown = cursor.startsWith("{") ? parseJson(cursor) : null;
  if (typeof value !== "object" || value === null || !("seen" in value)) return { seen: cursor, on: null };
  const { seen, on, skips } = { on: null, skips: false, ...value };
  return {
    seen: typeof seen === "string" ? seen : null,
    on: typeof on === "string" ? on : null,
    ...(skips === true ? { skips } : {}),
  };
};
