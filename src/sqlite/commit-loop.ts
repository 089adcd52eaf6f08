import type { DatabaseSync } from "node:sqlite";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Checkpoints } from "./checkpoints.ts";

/** Runs commands against the tables of one database, inside a transaction that the loop opens and commits. */
export interface CommandStore<Command, Answer, Changes> {
  /** Throws where the database does. */
  run(command: Command): Answer;
  /** Called last in the transaction: writes what was gathered in memory. */
  flush(): void;
  /** What readers in the main thread keep in memory, as far as it changed since the last call. */
  takeChanges(): Changes;
  /** The transaction was undone: forget what it left in memory. */
  reload(): void;
  /** Whether work is left that can wait. */
  readonly sweepable: boolean;
  /** Does one small piece of it, in a transaction of its own. */
  sweep(): void;
}

/** `full`: no space left on the device, or the set limit was reached. Nothing of the command was written. */
export interface Refusal {
  readonly refused: "full" | "failed";
  readonly detail: string;
}

export interface CommitReply<Answer, Changes> {
  readonly answers: readonly (Answer | Refusal)[];
  readonly changes: Changes;
}

/** What the main thread posts: commands, or null to close. */
export type Post<Command> = readonly Command[] | null;

const mostInOneCommit = 1_000;

const gather = <Command>(port: MessagePort, first: Post<Command>): { commands: Command[]; close: boolean } => {
  const commands: Command[] = [];
  let post: Post<Command> | undefined = first;
  while (post !== undefined && post !== null) {
    for (const command of post) commands.push(command);
    const waiting: { message: Post<Command> } | undefined =
      commands.length < mostInOneCommit ? receiveMessageOnPort(port) : undefined;
    post = waiting?.message;
  }
  return { commands, close: post === null };
};

/**
 * Serves the commands that arrive at a port: all that wait become one transaction and one sync to the disk, then all are
 * answered, in order.
 */
export const serveCommits = <Command, Answer, Changes>(
  port: MessagePort,
  database: DatabaseSync,
  store: CommandStore<Command, Answer, Changes>,
): void => {
  const inTransaction = transactions(database, store);
  const checkpoints = new Checkpoints(database);
  let sweeping = false;
  const sweepLater = (): void => {
    if (sweeping || !store.sweepable) return;
    sweeping = true;
    setImmediate(() => {
      sweeping = false;
      if (!database.isOpen) return;
      // Nobody waits for it: it becomes durable with the next commit, in order.
      database.exec("PRAGMA synchronous = NORMAL");
      const failure = inTransaction(() => store.sweep());
      database.exec("PRAGMA synchronous = FULL");
      port.postMessage({ answers: [], changes: store.takeChanges() });
      checkpoints.committed();
      // On a full or failing disk the next commit tries again.
      if (failure === null) sweepLater();
    });
  };
  const commit = (commands: readonly Command[]): readonly (Answer | Refusal)[] => {
    const answers: Answer[] = [];
    const failure = inTransaction(() => {
      for (const command of commands) answers.push(store.run(command));
    });
    if (failure === null) return answers;
    // One command that the database refuses must not take the others with it.
    if (failure.refused === "full" || commands.length === 1) return commands.map(() => failure);
    return commands.flatMap((command) => commit([command]));
  };
  port.on("message", (first: Post<Command>) => {
    const { commands, close } = gather(port, first);
    const answers = commit(commands);
    port.postMessage({ answers, changes: store.takeChanges() });
    if (close) {
      port.close();
      void checkpoints.close().then(() => database.close());
      return;
    }
    checkpoints.committed();
    sweepLater();
  });
  sweepLater();
};

const transactions = <Command, Answer, Changes>(
  database: DatabaseSync,
  store: CommandStore<Command, Answer, Changes>,
): ((work: () => void) => Refusal | null) => {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const end = database.prepare("COMMIT");
  return (work) => {
    try {
      begin.run();
      work();
      store.flush();
      end.run();
      return null;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      store.reload();
      return refusalOf(error);
    }
  };
};

const sqliteFull = 13;

const refusalOf = (error: unknown): Refusal => {
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : 0;
  return { refused: (code & 0xff) === sqliteFull ? "full" : "failed", detail };
};
