import type { Numbered, SeriesView } from "./journal-port.ts";

/** A series begins with this number. */
const firstNumber = 1;

/** Numbers of a series that are looked at on either side of one. */
export const numbersSeen = 32;

/** Numbers that no journal known here has, both ends included; `from` null: nothing is known of the series before. */
export interface Missing {
  readonly from: number | null;
  readonly to: number;
}

/** Whether an entry with a number may go, by what is known of its series. */
export type Turn =
  /** `late`: a higher number of its key went before. */
  | { readonly kind: "now"; readonly late: boolean }
  /** Lower numbers of its key are open: the lowest of them, or null where those are on their way out. */
  | { readonly kind: "after"; readonly open: readonly Numbered[] }
  | { readonly kind: "missing"; readonly missing: Missing };

/**
 * Order by number (protocol, Stores): an entry goes when its predecessor is settled, whoever did it, and no number below
 * it is missing. What comes when a higher one went already does not wait for others that are missing: it is late.
 *
 * @param isOpen whether one is open that the journal calls so: what is being settled here is not
 */
export const turnOf = (
  { number }: { readonly number: number },
  key: string,
  { below, above, open }: SeriesView,
  isOpen: (one: Numbered) => boolean,
): Turn => {
  const lower = open.filter(isOpen);
  // As many as were asked for are on their way out, and there may be more.
  if (lower.length > 0 || open.length >= numbersSeen) return { kind: "after", open: lower };
  const missing = missingBelow(number, below, isOpen);
  const late = above.some((one) => one.key === key && !isOpen(one));
  return missing === null || late ? { kind: "now", late } : { kind: "missing", missing };
};

/** What is settled was let go when nothing below it was missing, or was waited for: below it nothing is waited for again. */
const missingBelow = (
  number: number,
  below: readonly Numbered[],
  isOpen: (one: Numbered) => boolean,
): Missing | null => {
  let expected = number - 1;
  for (const one of below) {
    if (one.number < expected) return { from: one.number + 1, to: expected };
    if (!isOpen(one)) return null;
    expected = one.number - 1;
  }
  const isBeginning = below.length < numbersSeen;
  return isBeginning && expected >= firstNumber ? { from: null, to: expected } : null;
};
