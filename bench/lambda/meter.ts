// What a piece of work costs: time of this process, units of tables.
import type { Units } from "../../src/aws/dynamo/units.ts";

const writes = new Set(["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"]);

/** For one event. */
export interface EventCost {
  /** CPU time in the handler: the emulated services are another process. Milliseconds. */
  readonly cpuMs: number;
  /** From call to answer, with what the emulated services took. Milliseconds. */
  readonly ms: number;
  /** Units of the tables. */
  readonly reads: number;
  readonly writes: number;
}

/** @param count of events that the work is for. @param work is told whom to tell of units */
export const costOf = async (count: number, work: (units: Units) => Promise<unknown>): Promise<EventCost> => {
  let [read, written] = [0, 0];
  const units: Units = (operation, consumed) => {
    if (writes.has(operation)) written += consumed;
    else read += consumed;
  };
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await work(units);
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1_000 / count,
    ms: (performance.now() - began) / count,
    reads: read / count,
    writes: written / count,
  };
};
