import type { FeedSpec } from "../define/spec.ts";
import type { Journal } from "./ports.ts";
import type { Vector } from "./records.ts";
import { common } from "./vector.ts";

/** Whose reading counts: who is configured no longer holds nothing up. */
export const readersOf = (spec: FeedSpec): readonly string[] => Object.keys(spec.options.readers);

/** What every configured reader has acknowledged; nothing while one of them is not known to have begun. */
export const readByAll = (spec: FeedSpec, journal: Journal): Vector => {
  const consumers = journal.consumers(spec.name);
  return common(...readersOf(spec).map((reader) => consumers[reader] ?? {}));
};
