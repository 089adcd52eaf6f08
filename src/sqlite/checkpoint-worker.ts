import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { row } from "./query.ts";

if (parentPort === null) throw new Error("The checkpoint worker runs in a thread of its own.");
const port = parentPort;
const database = new DatabaseSync(String(workerData), { timeout: 10_000 });
database.exec("PRAGMA synchronous = FULL");
const move = row<[busy: number, inLog: number, moved: number]>(database, "PRAGMA wal_checkpoint(PASSIVE)");

port.on("message", () => {
  try {
    // The second pass moves what came in during the first, and leaves next to nothing.
    move();
    move();
  } catch {
    // No space, for example: the log only grows, and a later call tries again.
  }
  port.postMessage(null);
});
