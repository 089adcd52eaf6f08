import type { ConnectorSpec } from "../define/spec.ts";
import type { Handed, OpenEntry } from "./ports.ts";
import { type JournalName, journalParts, type Vector } from "./records.ts";
import { journalsIn, positionOf } from "./vector.ts";

/** Where the acting for the journals of a duty begins, of one connector. */
export interface Beginning {
  readonly own: JournalName;
  /** Highest position of the own journal then: nobody else can have sent what is accepted later. */
  readonly head: number;
  /** Who acted before; null: somebody who told nothing. */
  readonly before: Handed | "nobody" | null;
}

/** Whether an open entry is treated as one without an answer, because a former holder may have sent it (rule 18). */
export const isSuspect = ({ onUnknown }: ConnectorSpec, beginning: Beginning, entry: OpenEntry): boolean => {
  if (entry.round > 0) return false;
  const asks = onUnknown.kind === "lookup" && beginning.before !== "nobody";
  return mayHaveBeenSent(asks ? { ...beginning, before: null } : beginning, entry.journal, entry.position);
};

/** Up to where in each journal entries that are still open may have been sent before the acting began. */
export const doubtedUpTo = (beginning: Beginning, held: Vector): Vector => {
  const { own, head, before } = beginning;
  const earlier = before === null || before === "nobody" ? {} : (before.doubted ?? {});
  const doubted: Record<JournalName, number> = {};
  for (const journal of journalsIn(held)) {
    const last = Math.min(positionOf(held, journal), journal === own ? head : Number.POSITIVE_INFINITY);
    doubted[journal] = mayHaveBeenSent(beginning, journal, last) ? last : positionOf(earlier, journal);
  }
  return doubted;
};

const mayHaveBeenSent = ({ own, head, before }: Beginning, journal: JournalName, position: number): boolean => {
  if (before === "nobody" || (journal === own && position > head)) return false;
  if (before === null || position <= positionOf(before.doubted ?? {}, journal)) return true;
  return position > positionOf(before.held, journal) && !continues(journal, before.journal);
};

/** Whether a journal goes on where the other stood: what its region accepted after it stopped acting was not sent by it. */
const continues = (journal: JournalName, stopped: JournalName): boolean => {
  const [next, last] = [journalParts(journal), journalParts(stopped)];
  return next.region === last.region && next.incarnation >= last.incarnation;
};
