import type { HttpPollSpec } from "../define/spec.ts";
import type { KnownSwitch } from "./settlement.ts";
import type { ChosenSite } from "./sites.ts";

/** A cursor that a source gave, and when its answer was read: it covers nothing that the source got later. */
export interface CursorMark {
  /** Wall clock, in milliseconds. */
  readonly at: number;
  /** null: where the definition says to start. */
  readonly cursor: string | null;
}

/** How far a source was read. */
export interface CursorPlace extends CursorMark {
  readonly site: string;
  /** The switch under which the site was chosen. */
  readonly seq: number;
  /** Earlier cursors, oldest first, thinned: the way back where a cursor names no time. */
  readonly trail: readonly CursorMark[];
}

/** What a cursor record of a poller holds, as JSON text. */
export interface CursorValue extends CursorPlace {
  /** The region whose duty the poll duty went with: epochs of two duties are not compared as they are. */
  readonly home: string;
  /** What was added to the duty's epoch, so that the record's epoch is above those of an earlier home. */
  readonly lift: number;
  /** What is being read once more; absent: nothing is. */
  readonly rereads?: Rereading;
}

/** @param text a value that `cursorText` made */
export const parseCursor = (text: string): CursorValue => JSON.parse(text) as CursorValue;

export const cursorText = (value: CursorValue): string => JSON.stringify(value);

/** What is added to the epoch of the duty that polls now, so that its cursors rule over those that are known. */
export const liftOf = (known: CursorValue, knownEpoch: number, home: string, epoch: number): number =>
  known.home === home ? known.lift : Math.max(0, knownEpoch - epoch + 1);

export type CursorDecision =
  | { readonly kind: "exact"; readonly place: CursorPlace }
  | { readonly kind: "rewound"; readonly byMs: number; readonly place: CursorPlace }
  | { readonly kind: "refused"; readonly why: string };

/**
 * What is read once more, after a cursor was set back or in a run that begins before its own. Its pages are given now, and
 * bring what is long known.
 */
export interface Rereading {
  /** Where it was read up to before. */
  readonly upTo: CursorPlace;
  /** Since when it was read first; and it takes no longer to be read again than it took to come. Wall clock, ms. */
  readonly since: number;
  readonly until: number;
}

/** @param before the one under way, which this one begins within */
export const rereadingOf = (upTo: CursorPlace, since: number, now: number, before: Rereading | null): Rereading => {
  const first = before === null ? since : Math.min(since, before.since);
  const { site, seq, at, cursor, trail } = before?.upTo ?? upTo;
  return { upTo: { site, seq, at, cursor, trail }, since: first, until: now + Math.max(0, now - first) };
};

export interface CursorQuestion {
  /** The cursor of the highest epoch known; null: nothing was read yet. */
  readonly kept: CursorPlace | null;
  readonly to: ChosenSite;
  readonly acrossSites: HttpPollSpec["acrossSites"];
  /** Since when what sites told may be lost at those that are used instead; Infinity: no site was left. Wall clock, ms. */
  readonly lostSince: number;
  /** How far before it an adopter begins that was told nothing; 0: it was told (protocol rule 19). */
  readonly lookbackMs: number;
  /** `Source.rewound` */
  readonly rewound: (cursor: string, byMs: number) => string | null;
}

/** Where a poller goes on (protocol rules 17 and 19). What is read twice is known by its identity. */
export const decideCursor = (question: CursorQuestion): CursorDecision => {
  const { kept, to, acrossSites, lostSince, lookbackMs } = question;
  const { site, seq } = to;
  if (kept === null) return { kind: "exact", place: { site, seq, at: 0, cursor: null, trail: [] } };
  if (kept.site !== site && acrossSites === "refuse") {
    return { kind: "refused", why: `a cursor of ${kept.site} is not good at ${site} (acrossSites: refuse)` };
  }
  const lost = acrossSites === "exact" ? Number.POSITIVE_INFINITY : lostSince;
  const since = Math.min(lost, kept.at - lookbackMs);
  if (kept.cursor === null || since >= kept.at) return { kind: "exact", place: { ...kept, site, seq } };
  const { mark, trail } = earlier(question, kept, kept.cursor, since);
  return { kind: "rewound", byMs: kept.at - mark.at, place: { site, seq, ...mark, trail } };
};

interface Earlier {
  readonly mark: CursorMark;
  readonly trail: readonly CursorMark[];
}

const earlier = ({ rewound }: CursorQuestion, kept: CursorPlace, cursor: string, since: number): Earlier => {
  const inTime = rewound(cursor, kept.at - since);
  if (inTime !== null) return { mark: { at: since, cursor: inTime }, trail: [] };
  const index = kept.trail.findLastIndex(({ at }) => at <= since);
  const mark = kept.trail[index];
  // The trail is as old as the reading: before it everything is read anew.
  return mark === undefined
    ? { mark: { at: since, cursor: null }, trail: [] }
    : { mark, trail: kept.trail.slice(0, index) };
};

/**
 * Since when what the sites told may be lost at the site to read: of the switches since the cursor the earliest loss that
 * one of them states. A site that was left and came back may have lost what it told before as well. And what came to
 * the other site within the recovery point may stand in another order there, where nothing was lost too.
 *
 * @param recoveryMs how far before the cursor of another site that is
 */
export const lostSince = (
  kept: CursorPlace,
  to: ChosenSite,
  switches: readonly KnownSwitch[],
  recoveryMs: number,
): number => {
  const left = switches.filter(({ home, seq }) => home === to.home && seq > kept.seq && seq <= to.seq);
  const elsewhere = kept.site === to.site ? Number.POSITIVE_INFINITY : kept.at - recoveryMs;
  return Math.min(elsewhere, ...left.map(({ notSettledSince }) => notSettledSince));
};

/** Earlier cursors that are kept at most. */
const longestTrail = 16;

/**
 * Where a page leads.
 *
 * @param coverMs how far back the trail must reach; 0: the cursor names a time and needs none
 */
export const advanced = (place: CursorPlace, next: CursorMark, coverMs: number): CursorPlace => {
  if (next.cursor === place.cursor) return place;
  const trail = coverMs === 0 ? [] : thinned(place.trail, place, next.at - coverMs, coverMs / (longestTrail - 2));
  return { ...place, ...next, trail };
};

const thinned = (
  trail: readonly CursorMark[],
  { at, cursor }: CursorMark,
  neededFrom: number,
  spacingMs: number,
): readonly CursorMark[] => {
  const last = trail.at(-1);
  const isClose = last !== undefined && at >= last.at && at - last.at < spacingMs;
  const whole = cursor === null || isClose ? trail : [...trail, { at, cursor }];
  const first = whole.findLastIndex((mark) => mark.at <= neededFrom);
  return whole.slice(Math.max(0, first)).slice(-longestTrail);
};
