import {
  connectorOf,
  disksLost,
  isReplicated,
  reconnectMs,
  siteTrouble,
  wasReplicatedAnywhere,
} from "./circumstances.ts";
import type { Given } from "./ledgers.ts";
import type { Schedule } from "./schedule-model.ts";

/**
 * What the protocol does not promise, as one table: the judge passes over a finding only where a row explains it, and
 * each row looks at the fault plan and at what giver and taker saw, never at what the gateway says of itself.
 */
export interface Row<T> {
  readonly name: string;
  readonly promise: string;
  readonly explains: (finding: T, schedule: Schedule) => boolean;
}

/** Whether no row explains a finding. */
export const unexplained = <T>(finding: T, rows: readonly Row<T>[], schedule: Schedule): boolean =>
  !rows.some((row) => row.explains(finding, schedule));

export interface LostFinding {
  readonly given: Given;
  readonly acknowledgedBy: readonly string[];
  /** When the giver saw the first answer, and when it had asked for it. */
  readonly acknowledgedAt: number;
  readonly askedAt: number;
}

export const lostRows: readonly Row<LostFinding>[] = [
  {
    name: "regional, disk lost",
    promise: "`regional` unless that region's disk is lost within the replication lag (+ cut)",
    explains: ({ given, acknowledgedBy, acknowledgedAt, askedAt }, schedule) =>
      !isReplicated(given, schedule) &&
      acknowledgedBy.every((region) =>
        disksLost(schedule, region).some(
          ({ at }) => at >= askedAt && !wasReplicatedAnywhere(region, acknowledgedAt, at, schedule),
        ),
      ),
  },
  {
    name: "two disks lost",
    promise: "`replicated` unless two regions are [lost]",
    explains: ({ askedAt }, schedule) => {
      const lost = schedule.shape.regions.filter((region) =>
        disksLost(schedule, region).some(({ at }) => at >= askedAt),
      );
      return lost.length >= 2;
    },
  },
];

/** For an event that is listed as delivered, and is not at its taker in the end. */
export const forgottenRows: readonly Row<Given>[] = [
  {
    name: "passed over elsewhere",
    promise: "`latest`: of a key only the newest matters; which region passed an older one over is not always known",
    explains: (given, schedule) => {
      const { feed, ordering } = connectorOf(given, schedule) ?? {};
      return feed != null && ordering === "latest" && given.gift.key !== null;
    },
  },
  {
    name: "switch lost with the disk",
    promise: "what a region knew alone, its switch of the site too, goes with its disk",
    explains: (_given, schedule) =>
      schedule.faults.some(
        (disk) =>
          disk.kind === "disk-lost" &&
          schedule.faults.some(
            (site) => siteTrouble.includes(site.kind) && site.at < disk.at && site.until + reconnectMs > disk.at,
          ),
      ),
  },
];
