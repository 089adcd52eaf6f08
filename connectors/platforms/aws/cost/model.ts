// What a deployment costs, from the resources that it is made of. Pure. Dollars and months.
import type { Role } from "../../../../src/define/model.ts";
import { renewalsPerTtl } from "../../../../src/define/policy.ts";
import { sizes } from "../function-plan.ts";

export type Price =
  | "lambdaGbSecond"
  | "lambdaRequest"
  | "tableWriteUnit"
  | "tableReadUnit"
  | "queueRequest"
  | "busEvent"
  | "apiRequest"
  | "scheduleCall"
  | "alarmMonth"
  | "secretMonth"
  | "keyMonth"
  | "logGb";
export type Prices = Readonly<Record<Price, number>>;

/** Resources of a component by type. */
export type Counts = Readonly<Record<string, number>>;

/** What one event costs in its tables, and what brings it. */
export interface PerEvent {
  readonly reads: number;
  readonly writes: number;
  readonly calls: "api" | "hub" | "none";
}

export interface Line {
  readonly what: string;
  /** Per month. */
  readonly dollars: number;
}

const MONTH_SECONDS = 30.4 * 86_400;
const MB_PER_GB = 1_024;
/** Assumed: a call to accept with its writes, and the share of an engine's time that an event takes. */
export const ACCEPT_SECONDS = 0.03;
export const DISPATCH_SECONDS = 0.02;
/** Assumed: an engine that is called with nothing pending looks and returns. */
export const LOOK_SECONDS = 3;
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const QUEUE = "aws:sqs/queue:Queue";
/** A queue that nothing is in is asked by five pollers, each for 20 s. */
export const EMPTY_ASKS_PER_SECOND = 5 / 20;

const countOf = (counts: Counts, type: string): number => counts[type] ?? 0;

/** What a region's gateway costs while nothing happens. @param duties how many, of all connectors and regions */
export function idleGateway(
  counts: Counts,
  prices: Prices,
  { ttlMs, voters, regions }: { readonly ttlMs: number; readonly voters: number; readonly regions: number },
): readonly Line[] {
  const { memoryMb } = sizes.keeper;
  const renewals = (MONTH_SECONDS * 1_000 * renewalsPerTtl) / ttlMs;
  return [
    { what: "the keeper, which always runs", dollars: (MONTH_SECONDS * memoryMb * prices.lambdaGbSecond) / MB_PER_GB },
    { what: `renewals of its lease at ${voters} voters`, dollars: renewals * voters * prices.tableWriteUnit },
    { what: `its heartbeat in ${regions} regions`, dollars: renewals * regions * prices.tableWriteUnit },
    { what: "its schedule", dollars: (MONTH_SECONDS / 60) * prices.scheduleCall },
    { what: `${countOf(counts, ALARM)} alarms`, dollars: countOf(counts, ALARM) * prices.alarmMonth },
  ];
}

/** What a connector costs in one region while nothing happens. */
export function idleConnector(counts: Counts, prices: Prices): readonly Line[] {
  // A dead-letter queue is read by nobody, a stream's readers are free.
  const read = countOf(counts, MAPPING) - 1;
  const asked = Math.max(0, read) * EMPTY_ASKS_PER_SECOND * MONTH_SECONDS;
  const { memoryMb } = sizes.dispatch;
  const looks = MONTH_SECONDS / 60;
  return [
    {
      what: "dispatch, which the keeper has look each minute",
      dollars: (looks * LOOK_SECONDS * memoryMb * prices.lambdaGbSecond) / MB_PER_GB + looks * prices.lambdaRequest,
    },
    {
      what: `queues: ${countOf(counts, QUEUE)}, of which ${Math.max(0, read)} read`,
      dollars: asked * prices.queueRequest,
    },
    { what: `${countOf(counts, ALARM)} alarms`, dollars: countOf(counts, ALARM) * prices.alarmMonth },
  ];
}

/** What an engine costs that is never at rest: that of a poll which is due at least once a minute, in the region that polls. */
export const restless = (prices: Prices): number =>
  (MONTH_SECONDS * sizes.dispatch.memoryMb * prices.lambdaGbSecond) / MB_PER_GB;

/** What a million events of a role cost. @param regions that a write is replicated to, its own included */
export function million(role: Role, of: PerEvent, prices: Prices, regions: number): readonly Line[] {
  const M = 1_000_000;
  const arrives: readonly Line[] =
    of.calls === "api"
      ? [{ what: "the HTTP API", dollars: M * prices.apiRequest }]
      : of.calls === "hub"
        ? [{ what: "the queue, in batches of 10: put, taken, deleted", dollars: M * 1.2 * prices.queueRequest }]
        : [];
  const publishes = role === "receive" || role === "poll";
  return [
    ...arrives,
    ...(publishes ? [{ what: "the bus", dollars: M * prices.busEvent }] : []),
    {
      what: `tables: ${of.writes} writes in ${regions} regions, ${of.reads} reads`,
      dollars: M * (of.writes * regions * prices.tableWriteUnit + of.reads * prices.tableReadUnit),
    },
    {
      what: "functions",
      dollars:
        (M *
          (ACCEPT_SECONDS * sizes.accept.memoryMb + DISPATCH_SECONDS * sizes.dispatch.memoryMb) *
          prices.lambdaGbSecond) /
          MB_PER_GB +
        (of.calls === "none" ? 0 : M * (of.calls === "hub" ? 0.1 : 1) * prices.lambdaRequest),
    },
  ];
}

export const sum = (lines: readonly Line[]): number => lines.reduce((total, { dollars }) => total + dollars, 0);
