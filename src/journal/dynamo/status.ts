import type { Item, ItemKey } from "../../aws/dynamo/table.ts";
import type { Reach } from "../../core/ports.ts";
import type { Vector } from "../../core/records.ts";

/** What a region tells the others of a connector. */
export interface PeerStatus {
  readonly incarnation: number;
  /** What it holds. */
  readonly vector: Vector;
  readonly ready: boolean;
  readonly reach: Reach;
  /** An engine is at work there: its peers should be too. */
  readonly isAwake: boolean;
}

export const statusKey = (region: string): ItemKey => ({ pk: `${region}#s`, sk: "status" });

const nothing: PeerStatus = { incarnation: 0, vector: {}, ready: false, reach: {}, isAwake: false };

export const statusIn = (item: Item | null): PeerStatus => {
  const { incarnation, vector, ready, reach, awake, at } = item?.attributes ?? {};
  if (typeof vector !== "string" || typeof reach !== "string" || typeof at !== "number") return nothing;
  // Written by `DynamoPeers`.
  return {
    incarnation: Number(incarnation),
    vector: JSON.parse(vector) as Vector,
    ready: ready === 1,
    reach: JSON.parse(reach) as Reach,
    isAwake: awake === 1,
  };
};
