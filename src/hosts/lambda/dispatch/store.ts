import type { Table } from "../../../aws/dynamo/table.ts";
import type { Clock, Done, Journal, Peers, Random, Segment } from "../../../core/ports.ts";

/** The journals of a connector as an engine has them at hand. */
export interface EngineStore {
  readonly journal: Journal;
  readonly peers: Peers;
  /** Reads all that is there. `done(false)`: the store did not let it. */
  open(done: Done<boolean>): void;
  /**
   * Numbers what was accepted, and tells what is new of the region's own journals: written by other processes.
   * null: the store did not let it.
   */
  sweep(done: Done<readonly Segment[] | null>): void;
}

export interface StorePlace {
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly regions: readonly string[];
  readonly connector: string;
  /** Of the connector. */
  readonly table: Table;
  /** Of the region, not replicated. */
  readonly regionalTable: Table;
  /** What the gateways of all regions tell each other. */
  readonly gatewayTable: Table;
}

export const engineStore = (_place: StorePlace): EngineStore => {
  throw new Error("there is no journal on DynamoDB yet");
};
