import type { Item } from "../../../aws/dynamo/table.ts";
import type { HandbackMark } from "../../../core/ports.ts";
import { type DutyRow, dutyRowOf } from "../lease/duty-row.ts";

/** What a keeper holds, for its next process to go on with. */
export interface HeldDuty {
  readonly holder: string;
  readonly epoch: number;
}

export interface Published {
  readonly row: DutyRow;
  /** Of the item; 0: there is none. */
  readonly version: number;
}

export const publishedOf = (duty: string, item: Item | undefined): Published =>
  item === undefined
    ? {
        version: 0,
        row: { duty, epoch: 0, since: 0, lastEpoch: 0, until: 0, handback: null, recalled: false, lent: [] },
      }
    : { version: Number(item.attributes.version), row: dutyRowOf(item) };

export interface Acquired {
  readonly epoch: number;
  readonly handback: HandbackMark | null;
  readonly lastEpoch: number;
}

/** A lease that this region had before, and nobody else in between, goes on: what its engines told still counts. */
export const ownPeriod = (
  row: DutyRow,
  { epoch, handback, lastEpoch }: Acquired,
): Pick<DutyRow, "epoch" | "since" | "lastEpoch" | "handback"> =>
  lastEpoch !== 0 && lastEpoch === row.epoch
    ? { epoch, since: row.since, lastEpoch: row.lastEpoch, handback: row.handback }
    : { epoch, since: epoch, lastEpoch, handback };
