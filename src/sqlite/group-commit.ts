import { Worker } from "node:worker_threads";
import type { CommitReply, Refusal } from "./commit-loop.ts";

type Waiting<Answer> = (answer: Answer | Refusal) => void;

/**
 * The main thread's end of a commit loop: commands of one turn of the event loop travel together, the worker commits
 * whatever waits as one, and nothing here blocks.
 */
export class GroupCommit<Command, Answer, Changes> {
  readonly #worker: Worker;
  readonly #onChanges: (changes: Changes) => void;
  #queue: Command[] = [];
  #waiting: Waiting<Answer>[] = [];
  #first = 0;
  #failure: Refusal | null = null;
  readonly #closed: Promise<void>;

  /** @param onChanges called before the answers that the changes belong to */
  constructor(script: URL, workerData: unknown, onChanges: (changes: Changes) => void) {
    this.#onChanges = onChanges;
    this.#worker = new Worker(script, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 6 } });
    this.#worker.on("message", (reply: CommitReply<Answer, Changes>) => this.#answer(reply));
    this.#worker.on("error", (error) => this.#fail(error instanceof Error ? error.message : String(error)));
    this.#closed = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#fail("the store was closed");
        resolve();
      });
    });
  }

  /** `done` is called once: with the answer, when it is on the disk, or with why it was refused. */
  submit(command: Command, done: Waiting<Answer>): void {
    if (this.#failure !== null) {
      done(this.#failure);
      return;
    }
    if (this.#queue.length === 0) setImmediate(() => this.#post());
    this.#queue.push(command);
    this.#waiting.push(done);
  }

  /** Answers what was submitted, then ends the worker. */
  async close(): Promise<void> {
    this.#post();
    if (this.#failure === null) this.#worker.postMessage(null);
    await this.#closed;
  }

  /** Ends the worker wherever it is, as the death of the process would. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
    await this.#closed;
  }

  #post(): void {
    if (this.#queue.length === 0 || this.#failure !== null) return;
    this.#worker.postMessage(this.#queue);
    this.#queue = [];
  }

  #answer(reply: CommitReply<Answer, Changes>): void {
    this.#onChanges(reply.changes);
    for (const answer of reply.answers) this.#next()?.(answer);
  }

  /** Takes the oldest; the array is cut rarely, since cutting costs its length. */
  #next(): Waiting<Answer> | undefined {
    const done = this.#waiting[this.#first];
    if (done === undefined) return undefined;
    this.#first += 1;
    if (this.#first === this.#waiting.length || this.#first >= 4_096) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return done;
  }

  #fail(detail: string): void {
    if (this.#failure !== null) return;
    this.#failure = { refused: "failed", detail };
    this.#queue = [];
    for (let done = this.#next(); done !== undefined; done = this.#next()) done(this.#failure);
  }
}
