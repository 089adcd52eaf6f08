import { Worker } from "node:worker_threads";
import type { Clock, Done, Timer } from "../../../core/ports.ts";
import type { Made, Work } from "../../shared/translation/work.ts";
import type { FromWorker, WorkerInput } from "./messages.ts";

export interface ThreadOptions {
  readonly input: Omit<WorkerInput, "progress">;
  readonly clock: Clock;
  /** How long one translation may take. */
  readonly limitMs: number;
}

interface Waiting {
  readonly work: Work;
  readonly done: Done<Made>;
}

/** Entries handed to the thread at once. */
const batchSize = 128;
/** Wait before a thread that did not come up is started again. */
const restartMs = 1_000;
/** A thread with nothing to do ends after this time, and comes back when there is. Hundreds of connectors may idle. */
const idleMs = 60_000;
/** Of the thread: what it leaks ends it alone. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/**
 * One connector's thread. Work is handed over in batches and answered in order. A translation that does not return, or
 * takes the thread down, is a fault; the rest of the work goes to a new thread.
 */
export class TranslationThread {
  readonly #options: ThreadOptions;
  #worker: Worker | null = null;
  #ready = false;
  #progress = new Int32Array(new SharedArrayBuffer(8));
  /** With the thread, oldest first. */
  #given: Waiting[] = [];
  /** Of `given`, what the thread has answered since it started lies before this many begun. */
  #answered = 0;
  #queue: Waiting[] = [];
  #posting = false;
  #watch: Timer | null = null;
  #idle: Timer | null = null;
  #closed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** Starts the thread; `done(null)` when it has loaded the bundle, else why it cannot. */
  start(timeoutMs: number, done: Done<string | null>): void {
    let told = false;
    const tell = (reason: string | null): void => {
      if (told) return;
      told = true;
      timer.cancel();
      done(reason);
    };
    const timer = this.#options.clock.after(timeoutMs, () => {
      void this.close();
      tell(`the bundle did not load within ${timeoutMs / 1_000}s`);
    });
    this.#begin(tell);
  }

  translate(work: Work, done: Done<Made>): void {
    this.#queue.push({ work, done });
    if (this.#worker === null && !this.#closed) this.#begin(() => undefined);
    if (this.#posting) return;
    this.#posting = true;
    setImmediate(() => {
      this.#posting = false;
      this.#post();
    });
  }

  /** Ends the thread once nothing waits for it. */
  retire(): void {
    const { clock } = this.#options;
    const look = (): void => {
      if (this.#given.length === 0 && this.#queue.length === 0) void this.close();
      else clock.after(100, look);
    };
    look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch?.cancel();
    this.#idle?.cancel();
    await this.#worker?.terminate();
  }

  #begin(told: (reason: string | null) => void): void {
    this.#ready = false;
    this.#answered = 0;
    this.#progress = new Int32Array(new SharedArrayBuffer(8));
    const workerData: WorkerInput = { ...this.#options.input, progress: this.#progress.buffer };
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData,
      resourceLimits,
      // A definition sees no environment of ours.
      env: {},
    });
    this.#worker = worker;
    worker.on("message", (message: FromWorker) => this.#hear(worker, message, told));
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      told("the bundle ended its thread");
      if (this.#worker === worker) this.#ended("the translation ended its thread");
    });
  }

  #hear(worker: Worker, message: FromWorker, told: (reason: string | null) => void): void {
    if (this.#worker !== worker) return;
    switch (message.kind) {
      case "ready":
        this.#ready = true;
        told(null);
        this.#post();
        return this.#restLater();
      case "broken":
        return told(message.reason);
      case "made":
        this.#answered += message.made.length;
        for (const made of message.made) this.#given.shift()?.done(made);
        this.#post();
        return this.#restLater();
    }
  }

  #restLater(): void {
    this.#idle?.cancel();
    this.#idle = null;
    if (this.#given.length > 0 || this.#closed) return;
    this.#idle = this.#options.clock.after(idleMs, () => {
      if (this.#given.length > 0 || this.#queue.length > 0) return;
      const worker = this.#worker;
      this.#worker = null;
      this.#ready = false;
      void worker?.terminate();
    });
  }

  #post(): void {
    if (!this.#ready || this.#queue.length === 0 || this.#given.length >= 2 * batchSize) return;
    const batch = this.#queue.splice(0, batchSize);
    this.#given.push(...batch);
    this.#worker?.postMessage(batch.map(({ work }) => work));
    if (this.#watch === null) this.#watchOver(-1, this.#options.clock.monotonicMs());
  }

  /** @param last how many had begun when the thread was last seen to move, `since` then */
  #watchOver(last: number, since: number): void {
    const { clock, limitMs } = this.#options;
    this.#watch = clock.after(limitMs / 4, () => {
      this.#watch = null;
      if (this.#given.length === 0) return;
      const begun = Atomics.load(this.#progress, 0);
      const busy = begun > Atomics.load(this.#progress, 1);
      const now = clock.monotonicMs();
      if (!busy || begun !== last) this.#watchOver(busy ? begun : -1, now);
      else if (now - since < limitMs) this.#watchOver(last, since);
      else this.#ended(`translation did not return within ${limitMs / 1_000}s`);
    });
  }

  /** The thread is of no use any more: blames what it was at, and gives the rest to a new one. */
  #ended(reason: string): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#watch?.cancel();
    this.#watch = null;
    if (this.#closed) return;
    void worker?.terminate();
    const begun = Atomics.load(this.#progress, 0);
    const wasBusy = begun > Atomics.load(this.#progress, 1);
    const at = begun - this.#answered - 1;
    const [guilty] = wasBusy ? this.#given.splice(at, 1) : [];
    this.#queue = [...this.#given, ...this.#queue];
    this.#given = [];
    const wasReady = this.#ready;
    this.#ready = false;
    guilty?.done({ kind: "fault", reason });
    if (this.#queue.length === 0) return;
    if (wasReady) this.#begin(() => undefined);
    else
      this.#options.clock.after(
        restartMs,
        () => this.#worker === null && !this.#closed && this.#begin(() => undefined),
      );
  }
}
