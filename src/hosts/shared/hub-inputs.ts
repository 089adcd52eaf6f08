// Events of the hub as entries of an egress connector, and which of them are none.
import type { AcceptInput } from "../../core/ports.ts";
import type { EgressFunctions, HubEvent, Sequence } from "../../define/spec.ts";
import { originsOf } from "./translation/events.ts";

/** How a connector orders the events that it takes. */
export type Ordering = Pick<EgressFunctions, "partitionkey" | "sequence">;

/** By what the events themselves say. */
export const ownOrdering: Ordering = { partitionkey: ({ partitionkey }) => partitionkey ?? null, sequence: null };

/** Whether an event passed the partner already: none gets its own back. */
export const cameFrom = (event: HubEvent, partner: string): boolean => originsOf(event).includes(partner);

/** An event that does not fit its schema is accepted all the same: its translation then says what is wrong. */
export const inputOf = (event: HubEvent, ordering: Ordering): AcceptInput => {
  const key = attempt(() => ordering.partitionkey(event)) ?? event.partitionkey ?? null;
  const sequence: Sequence | null = attempt(() => ordering.sequence?.(event) ?? null);
  return { identity: `${event.source} ${event.id}`, key, sequence, payload: JSON.stringify(event) };
};

const attempt = <T>(run: () => T): T | null => {
  try {
    return run();
  } catch {
    return null;
  }
};
