import type { ConnectorParts } from "../runtime/connector.ts";
import { type Hall, hallOf } from "../runtime/hall.ts";
import type { Surroundings } from "../runtime/surroundings.ts";
import type { Accepting } from "./accepting.ts";
import { acceptingOf } from "./store-accepting.ts";

/** What the functions that accept are built from. */
export interface Foyer extends Hall {
  readonly accepting: Accepting;
  /** Longest payload that the store takes, in bytes. */
  readonly longestPayload: number;
}

/** Without a bucket. A table takes items of 400 KB; the rest is for what stands beside the payload. */
const longestInTable = 380_000;

export const foyerOf = (parts: ConnectorParts, surroundings: Surroundings): Foyer => {
  const hall = hallOf(parts, surroundings);
  const longestPayload = hall.config.payloadBucket === null ? longestInTable : Number.POSITIVE_INFINITY;
  return { ...hall, accepting: acceptingOf(hall), longestPayload };
};
