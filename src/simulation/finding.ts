/** The seven invariants of a run, judged from outside. */
export type Invariant =
  | "nothing lost"
  | "no duplicate"
  | "order per key"
  | "flow resumes"
  | "no zombie"
  | "converges"
  | "nothing invented";

export interface Finding {
  readonly invariant: Invariant;
  readonly what: string;
  readonly identity?: string;
  /** Another event that has a part in it. */
  readonly other?: string;
}
