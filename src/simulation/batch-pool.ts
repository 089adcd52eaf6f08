import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Batch, BatchResult } from "./cell-batch.ts";

/**
 * Runs batches on all cores.
 *
 * @param told called with each result, in the order in which they end
 * @throws what a batch threw: a run that goes in circles, for example
 */
export const runBatches = async (batches: readonly Batch[], told: (result: BatchResult) => void): Promise<void> => {
  const waiting = [...batches];
  const count = Math.min(availableParallelism(), batches.length);
  await Promise.all(Array.from({ length: count }, () => work(waiting, told)));
};

const work = (waiting: Batch[], told: (result: BatchResult) => void): Promise<void> => {
  const worker = new Worker(new URL("./batch-worker.ts", import.meta.url));
  return new Promise<void>((resolve, reject) => {
    const next = (): void => {
      const batch = waiting.shift();
      if (batch === undefined) resolve();
      else worker.postMessage(batch);
    };
    worker.on("message", (result: BatchResult) => {
      told(result);
      next();
    });
    worker.on("error", reject);
    next();
  }).finally(() => worker.terminate());
};
