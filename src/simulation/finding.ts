/** The seven invariants of a run, judged from outside; and, of a cell, that there was something to judge. */
export type Invariant =
  | "nothing lost"
  | "no duplicate"
  | "order per key"
  | "flow resumes"
  | "no zombie"
  | "converges"
  | "nothing invented"
  | "the variant happens";

export interface Finding {
  readonly invariant: Invariant;
  readonly what: string;
  readonly identity?: string;
  /** Another event that has a part in it. */
  readonly other?: string;
}
