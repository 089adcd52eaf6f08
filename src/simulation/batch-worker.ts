import { parentPort } from "node:worker_threads";
import { type Batch, runBatch } from "./cell-batch.ts";

/** Runs the batches that it is given, one after the other. */
parentPort?.on("message", (batch: Batch) => parentPort?.postMessage(runBatch(batch)));
