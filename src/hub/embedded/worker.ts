import { parentPort, workerData } from "node:worker_threads";
import { serveCommits } from "../../sqlite/commit-loop.ts";
import { openDatabase } from "../../sqlite/database.ts";
import type { WorkerOptions } from "./messages.ts";
import { hubForm } from "./schema.ts";
import { HubStore } from "./store.ts";

if (parentPort === null) throw new Error("The hub's worker runs in a thread of its own.");
const { folder, maxBytes } = workerData as WorkerOptions;
const database = openDatabase(hubForm(folder));
serveCommits(parentPort, database, new HubStore(database, maxBytes));
