// Runs a Node program as a child process that tells one line of JSON on stdout when it is ready.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Running<T> {
  readonly pid: number;
  /** What the program said when it was ready. */
  readonly ready: T;
  /** SIGTERM, then waits for the end; SIGKILL after 5 s. */
  stop(): Promise<void>;
}

/** Starts the program; rejects with its stderr when it ends before it is ready. */
export async function run<T>(args: readonly string[], parse: (line: unknown) => T): Promise<Running<T>> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    once(child, "exit").then(([code]) => {
      throw new Error(errors.trim() || `${args.join(" ")} ended with ${String(code)}`);
    }),
  ]);
  return { pid: child.pid ?? 0, ready: parse(JSON.parse(first)), stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(hard);
}
