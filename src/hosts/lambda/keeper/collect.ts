import { type ActedFor, beforeOf, type Mark } from "../lease/acted.ts";
import type { DutyRow } from "../lease/duty-row.ts";

/** The claim of a connector's engine, as it stands. */
export interface EngineState {
  readonly connector: string;
  /** Nobody holds it. */
  readonly free: boolean;
  readonly acted: ActedFor;
}

export type Collected =
  /** Engines of these connectors still act for the duty. */
  | { readonly kind: "waiting"; readonly connectors: readonly string[] }
  /** Nobody acts for it; what is known of how each ended. */
  | { readonly kind: "ended"; readonly marks: Readonly<Record<string, Mark>> };

/**
 * What a duty that was recalled is handed back with. Of an engine that was cut off while it acted nothing is known; where
 * none has acted here what the region before told still stands.
 *
 * @param engines read after it was published that the duty is recalled
 */
export const collected = (row: DutyRow, engines: readonly EngineState[]): Collected => {
  const acting = engines.filter(({ free, acted }) => !free && acted[row.duty]?.acting === true);
  if (acting.length > 0) return { kind: "waiting", connectors: acting.map(({ connector }) => connector) };
  const acted = new Map(engines.map((engine) => [engine.connector, engine.acted[row.duty]]));
  const names = new Set([...acted.keys(), ...Object.keys(row.handback?.marks ?? {})]);
  const marks: Record<string, Mark> = {};
  for (const connector of names) {
    const before = beforeOf(row, acted.get(connector), connector);
    if (before.kind === "told") marks[connector] = before.mark;
  }
  return { kind: "ended", marks };
};
