import type { Attributes } from "@opentelemetry/api";
import type { ConnectorStatus, RegionStatus } from "../../../core/status.ts";

type Reading = readonly [number, Attributes];

/** A number that is read from a region's status whenever somebody asks for the metrics. */
export interface Gauge {
  readonly name: string;
  readonly description: string;
  readonly read: (status: RegionStatus) => readonly Reading[];
}

export const gauges: readonly Gauge[] = [
  {
    name: "isthmus_pending",
    description: "Entries accepted and not settled",
    read: (status) => connectorsIn(status, ({ ledger }) => ledger.pending),
  },
  {
    name: "isthmus_pending_bytes",
    description: "Payload of the pending entries",
    read: (status) => connectorsIn(status, ({ ledger }) => ledger.pendingBytes),
  },
  {
    name: "isthmus_oldest_pending_ms",
    description: "Age of the oldest pending entry",
    read: (status) => connectorsIn(status, ({ ledger }) => ageOf(ledger.oldestPendingAt, status)),
  },
  {
    name: "isthmus_listed",
    description: "Faulted and unknown entries, which wait for a person",
    read: (status) => connectorsIn(status, ({ ledger: { byOutcome } }) => byOutcome.faulted + byOutcome.unknown),
  },
  {
    name: "isthmus_missing_numbers",
    description: "Numbers of a partner's numbering that did not come",
    read: (status) => connectorsIn(status, ({ gaps }) => gaps.missing),
  },
  {
    name: "isthmus_poll_cursor_age_ms",
    description: "Since the cursor that is known here was given by the partner",
    read: (status) => connectorsIn(status, ({ poll }) => poll?.cursorAgeMs ?? null),
  },
  {
    name: "isthmus_unread",
    description: "Events that a reader of a feed has not acknowledged",
    read: (status) => readersIn(status, ({ unread }) => unread),
  },
  {
    name: "isthmus_oldest_unread_ms",
    description: "Age of the oldest event that a reader of a feed has not acknowledged",
    read: (status) => readersIn(status, ({ oldestUnreadAt }) => ageOf(oldestUnreadAt, status)),
  },
  {
    name: "isthmus_lease_remaining_ms",
    description: "How long a duty's lease is held on for here",
    read: ({ duties }) => Object.entries(duties).map(([duty, { remainingMs }]) => [remainingMs, { duty }]),
  },
  {
    name: "isthmus_lease_epoch",
    description: "Epoch of a duty held here; 0 where it is not",
    read: ({ duties }) => Object.entries(duties).map(([duty, { epoch }]) => [epoch ?? 0, { duty }]),
  },
  {
    name: "isthmus_breaker_open",
    description: "1 where the breaker of a partner's site is not closed",
    read: ({ sites }) => Object.entries(sites).map(([site, { breaker }]) => [breaker === "closed" ? 0 : 1, { site }]),
  },
];

/** 0 where there is none. */
const ageOf = (at: number | null, { wallMs }: RegionStatus): number => (at === null ? 0 : Math.max(0, wallMs - at));

/** @param value null: the connector has no such number */
const connectorsIn = (
  { connectors }: RegionStatus,
  value: (status: ConnectorStatus) => number | null,
): readonly Reading[] =>
  Object.entries(connectors).flatMap(([connector, status]) => {
    const number = value(status);
    return number === null ? [] : [[number, { connector }] as const];
  });

const readersIn = (
  { connectors }: RegionStatus,
  value: (reader: ConnectorStatus["readers"][string]) => number,
): readonly Reading[] =>
  Object.entries(connectors).flatMap(([connector, { readers }]) =>
    Object.entries(readers).map(([reader, status]) => [value(status), { connector, reader }] as const),
  );
