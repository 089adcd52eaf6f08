import type { ConnectorSpec, HttpPollSpec } from "../define/spec.ts";

/** What a connector reads of its partner, and when. */
export interface ReadingPlan {
  /** Of the cursor. */
  readonly source: "poll" | "reconcile";
  readonly acrossSites: HttpPollSpec["acrossSites"];
  /** How far before the highest cursor known an adopter begins, in milliseconds. */
  readonly lookbackMs: number;
  /** What calls for reading until the source has no more; it is done once at the start as well. */
  readonly when: { readonly kind: "every"; readonly everyMs: number } | { readonly kind: "gap" };
  /** What is read may be on its way to us by itself. */
  readonly isPushedToo: boolean;
}

/** null: the connector reads nothing. */
export const readingPlan = (spec: ConnectorSpec): ReadingPlan | null => {
  if (spec.role === "poll") {
    const { acrossSites, everyMs } = spec.options;
    const { lookbackMs } = spec;
    return { source: "poll", acrossSites, lookbackMs, when: { kind: "every", everyMs }, isPushedToo: false };
  }
  if (spec.role !== "receive" || spec.reconcile === null) return null;
  const { options, when } = spec.reconcile;
  return { source: "reconcile", acrossSites: options.acrossSites, lookbackMs: 0, when, isPushedToo: true };
};

/** Whether the connector makes calls to its partner. */
export const callsTheirs = (spec: ConnectorSpec): boolean => spec.role === "send" || readingPlan(spec) !== null;
