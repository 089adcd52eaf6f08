import { parentPort, workerData } from "node:worker_threads";
import { serveCommits } from "../../sqlite/commit-loop.ts";
import { openDatabase } from "../../sqlite/database.ts";
import { journalForm } from "./schema.ts";
import { JournalStore } from "./store.ts";

if (parentPort === null) throw new Error("The journal's worker runs in a thread of its own.");
const database = openDatabase(journalForm(String(workerData)));
serveCommits(parentPort, database, new JournalStore(database));
