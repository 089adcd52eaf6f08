import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { row } from "./query.ts";

/** Pages in the write-ahead log at which they are moved into the database file: 32 MB. */
const due = 8_000;
/** Commits between two looks at the length of the log. */
const lookEvery = 16;

type Lengths = [busy: number, inLog: number, moved: number];

/**
 * Moves the write-ahead log into the database file in a thread of its own, so that no commit waits for it: a page that
 * changed many times meanwhile is written once. What came in during the move is little, and the committing thread
 * moves it itself, between two commits; then the log begins anew.
 */
export class Checkpoints {
  readonly #lengths;
  readonly #move;
  readonly #worker: Worker;
  #commits = 0;
  #moving = false;

  constructor(database: DatabaseSync) {
    // Only for the case that the thread does not keep up.
    database.exec(`PRAGMA wal_autocheckpoint = ${16 * due}`);
    this.#lengths = row<Lengths>(database, "PRAGMA wal_checkpoint(NOOP)");
    this.#move = row<Lengths>(database, "PRAGMA wal_checkpoint(PASSIVE)");
    this.#worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), {
      workerData: database.location(),
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    });
    this.#worker.unref();
    this.#worker.on("message", () => {
      this.#moving = false;
      if (database.isOpen) this.#finish();
    });
    // Without its thread the log is moved by commits, when it is long.
    this.#worker.on("error", () => undefined);
  }

  /** To be called after each commit. */
  committed(): void {
    this.#commits += 1;
    if (this.#moving || this.#commits < lookEvery) return;
    this.#commits = 0;
    const [, inLog] = this.#lengths() ?? [0, 0];
    if (inLog < due) return;
    this.#moving = true;
    this.#worker.postMessage(null);
  }

  #finish(): void {
    try {
      this.#move();
    } catch {
      // As in the thread: a later call tries again.
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
