import { isServed } from "./feed-offers.ts";
import type { Offer, OfferPage } from "./ports.ts";
import type { JournalName, Vector } from "./records.ts";
import { covers, joined, positionOf } from "./vector.ts";

export interface PageRules {
  /** Entries in one page at most. */
  readonly limit: number;
  /** An entry comes after everything that the region which accepted it had of other journals (`after`). */
  readonly ordered: boolean;
  /** Of a key only the newest matters. */
  readonly latest: boolean;
  /** Whether an entry may be handed on yet. */
  releasable(offer: Offer): boolean;
}

/** What a reader gets next. */
export interface FeedPage {
  readonly taken: readonly Offer[];
  /** Passed over: a later one of the key follows. */
  readonly superseded: readonly Offer[];
  /** Open entries that were passed over because the reader has them from another place. */
  readonly repeated: number;
  /** The cursor after this page: everything within it was taken or passed over. */
  readonly reached: Vector;
  /** More can be taken above `reached` already. */
  readonly more: boolean;
}

/**
 * Chooses from what is offered above a cursor (protocol rule 27): what is here, with all that has to come before it, and
 * each identity once. What cannot be taken yet stays above the cursor, and so does all behind it in its journal.
 */
export const feedPage = (cursor: Vector, page: OfferPage, rules: PageRules): FeedPage => {
  const lanes = new Lanes(cursor, page);
  const isOld = rules.latest ? supersededAmong(page.offers) : () => false;
  const seen = new Set<string>();
  const taken: Offer[] = [];
  const superseded: Offer[] = [];
  const isPassed = ({ outcome, within, identity }: Offer): boolean =>
    within || !isServed(outcome) || seen.has(identity);
  const isFree = (offer: Offer): boolean =>
    isPassed(offer) || ((!rules.ordered || covers(lanes.reached, offer.after)) && rules.releasable(offer));
  let repeated = 0;
  const ended = (more: boolean): FeedPage => ({ taken, superseded, repeated, reached: lanes.reached, more });
  for (;;) {
    const head = oldest(lanes.heads().filter(isFree));
    if (head === undefined) return ended(page.more);
    if (isPassed(head)) repeated += head.outcome === null ? 1 : 0;
    else {
      if (isOld(head)) superseded.push(head);
      else if (taken.length === rules.limit) return ended(true);
      else taken.push(head);
      seen.add(head.identity);
    }
    lanes.pass(head);
  }
};

/** Offers by journal, each in order of position, and how far they were passed. */
class Lanes {
  readonly #upTo: Vector;
  readonly #reached: Record<JournalName, number>;
  readonly #lanes = new Map<JournalName, { readonly offers: Offer[]; next: number }>();

  constructor(cursor: Vector, { offers, upTo }: OfferPage) {
    this.#upTo = upTo;
    this.#reached = { ...joined(cursor, upTo) };
    for (const offer of offers) {
      const { journal, position } = offer.at;
      const lane = this.#lanes.get(journal);
      lane?.offers.push(offer);
      if (lane !== undefined) continue;
      this.#lanes.set(journal, { offers: [offer], next: 0 });
      this.#reached[journal] = position - 1;
    }
  }

  get reached(): Vector {
    return this.#reached;
  }

  heads(): readonly Offer[] {
    return [...this.#lanes.values()].flatMap(({ offers, next }) => offers[next] ?? []);
  }

  pass({ at: { journal } }: Offer): void {
    const lane = this.#lanes.get(journal);
    if (lane === undefined) return;
    lane.next += 1;
    const head = lane.offers[lane.next];
    this.#reached[journal] = head === undefined ? positionOf(this.#upTo, journal) : head.at.position - 1;
  }
}

const oldest = (heads: readonly Offer[]): Offer | undefined =>
  heads.reduce<Offer | undefined>(
    (first, head) => (first === undefined || head.acceptedAt < first.acceptedAt ? head : first),
    undefined,
  );

/**
 * Tells whether another one of its key is later than an offer: by its number where both are numbered alike, else where
 * neither is numbered and both were accepted one after the other for certain. All regions see this order alike.
 */
const supersededAmong = (offers: readonly Offer[]): ((offer: Offer) => boolean) => {
  /** By key, the newest of each series and of each journal. */
  const newest = new Map<string, Map<string, Offer>>();
  for (const offer of offers) {
    if (offer.key === null || offer.within || !isServed(offer.outcome)) continue;
    const ofKey = newest.get(offer.key) ?? new Map<string, Offer>();
    newest.set(offer.key, ofKey);
    const line = lineOf(offer);
    const first = ofKey.get(line);
    if (first === undefined || isLater(offer, first)) ofKey.set(line, offer);
  }
  return (offer) => {
    const others = offer.key === null ? undefined : newest.get(offer.key)?.values();
    return others !== undefined && [...others].some((other) => isLater(other, offer));
  };
};

const lineOf = ({ sequence, journal }: Offer): string =>
  sequence === null ? `journal ${journal}` : `series ${sequence.of}`;

const isLater = (one: Offer, other: Offer): boolean => {
  if (one.sequence !== null && other.sequence !== null) {
    return one.sequence.of === other.sequence.of && one.sequence.number > other.sequence.number;
  }
  if (one.sequence !== null || other.sequence !== null) return false;
  if (one.journal === other.journal) return one.position > other.position;
  return positionOf(one.after, other.journal) >= other.position;
};
