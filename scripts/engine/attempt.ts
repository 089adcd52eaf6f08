// Ways to get an engine, and what came of each.
import type { Engine } from "./candidate.ts";

/** Told what is being done, in a line for people, whenever something takes longer than two seconds. */
export type OnProgress = (message: string) => void;

/** What came of one way to get an engine. */
export type Attempt =
  | { readonly kind: "got"; readonly engine: Engine }
  | { readonly kind: "failed"; readonly why: string };

/** A way to get an engine that is not there: puts it into the cache. Never throws. */
export interface Way {
  readonly name: string;
  readonly get: (cache: string, onProgress: OnProgress) => Promise<Attempt>;
}
