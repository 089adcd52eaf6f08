import type { Cell, VariantName } from "../cells.ts";
import type { RuleName } from "../rules.ts";

export type Perspective = "ours" | "theirs";

/** A bound in words, with its number where it has one. */
export interface Bound {
  readonly text: string;
  /** null: there is no number, or it is no time. */
  readonly withinMs: number | null;
}

/** What we do in one variant. */
export interface OurStory {
  /** In one sentence. */
  readonly gist: string;
  readonly what: readonly string[];
  readonly acts: string;
  readonly bound: Bound;
  /** On the wire; empty: none. */
  readonly duplicates: readonly string[];
  /** Once it is over; null: nothing happens then. */
  readonly afterwards: string | null;
  readonly rules: readonly RuleName[];
}

/** What the partner sees in one variant, and has to do. */
export interface TheirStory {
  readonly sees: readonly string[];
  readonly does: readonly string[];
  readonly rules: readonly RuleName[];
}

export interface OurVariant extends OurStory {
  readonly variant: VariantName;
  /** What is made to happen. */
  readonly happens: string;
}
export interface TheirVariant extends TheirStory {
  readonly variant: VariantName;
  readonly happens: string;
}

export type Explanation =
  | { readonly perspective: "ours"; readonly cell: Cell; readonly variants: readonly OurVariant[] }
  | { readonly perspective: "theirs"; readonly cell: Cell; readonly variants: readonly TheirVariant[] };
