import type { ConnectorSpec } from "../define/spec.ts";
import { parseCursor } from "./cursors.ts";
import { readByAll } from "./feed-readers.ts";
import type { Journal } from "./ports.ts";
import { readingPlan } from "./reading-plan.ts";
import type { Vector } from "./records.ts";

/** For how long after its settlement an entry is kept, in milliseconds. */
export const keptMs = (spec: ConnectorSpec): number =>
  Math.max(spec.dedupeWindowMs, spec.retention.settledMs, spec.partner.topology.recoveryPointMs);

/**
 * What was settled at or after this wall-clock time may be read from the partner once more, in milliseconds (protocol
 * rule 26); infinite where nothing is. However quiet the source is: its cursor, not its age, says what comes again.
 *
 * @param slackMs by how much clocks may differ
 */
export const rereadFrom = (spec: ConnectorSpec, journal: Journal, slackMs: number): number => {
  const plan = readingPlan(spec);
  const known = plan === null ? null : journal.cursor(spec.name, plan.source);
  if (plan === null || known === null) return Number.POSITIVE_INFINITY;
  const { at, trail, rereads } = parseCursor(known.value);
  const earliest = Math.min(at, ...trail.map((mark) => mark.at));
  const overlapMs = overlapOf(spec);
  // A site is left for what it told since the start of the last request that it answered well.
  const recoveryMs = spec.partner.topology.recoveryPointMs + spec.requestTimeoutMs + slackMs;
  const rewindMs = Math.max(plan.lookbackMs, recoveryMs);
  // Where no cursor is known that is as early as that, the source is read from its beginning.
  if (overlapMs === null && earliest > at - rewindMs) return Number.NEGATIVE_INFINITY;
  return Math.min(earliest, rereads?.since ?? at) - rewindMs - (overlapMs ?? 0);
};

/** null: its cursors name no time. */
const overlapOf = (spec: ConnectorSpec): number | null => {
  if (spec.role !== "poll" && spec.role !== "receive") return null;
  // A queue shows again only what was not deleted, and that was read within the dedupe window.
  if (spec.role === "poll" && spec.driver === "sqs") return 0;
  const options = spec.role === "poll" ? spec.options : spec.reconcile?.options;
  return options?.cursor.kind === "since" ? options.cursor.overlapMs : null;
};

/** What readers of the connector have read; null where it has none (protocol rule 25). */
export const readByReaders = (spec: ConnectorSpec, journal: Journal): Vector | null =>
  spec.role === "feed" ? readByAll(spec, journal) : null;
