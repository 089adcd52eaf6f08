/** A translation to be done, and what came of it. */
export interface Work {
  readonly identity: string;
  readonly payload: string;
  /** null: ingress, and feeds. */
  readonly site: string | null;
}

/** `output` is JSON text, so that nothing but data leaves the user's code. */
export type Made =
  | { readonly kind: "output"; readonly output: string; readonly key: string | null }
  | { readonly kind: "ignored" }
  | { readonly kind: "fault"; readonly reason: string };
