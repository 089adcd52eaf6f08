// Shows steps and their progress on standard error: lines that change on a terminal, plain lines elsewhere.
import { Listr, ListrLogger, ProcessOutput } from "listr2";
import type { Step } from "./drill.ts";
import { unless } from "./interrupts.ts";
import { reasonOf } from "./reason.ts";

export interface ShownStep extends Omit<Step, "run"> {
  /** Tells one line of progress, as often as it likes. */
  readonly run: (tell: (line: string) => void) => Promise<void>;
}

/** Runs the steps one after the other. @throws what a step throws, or Interrupted. */
export async function show(steps: readonly ShownStep[], signal: AbortSignal): Promise<void> {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { output: string }) =>
      unless(
        signal,
        run((line) => {
          task.output = line;
        }).catch((error: unknown) => {
          throw new Error(reasonOf(error), { cause: error });
        }),
      ),
  }));
  const list = new Listr(tasks, {
    renderer: process.stderr.isTTY ? "default" : "simple",
    rendererOptions: { logger, formatOutput: "truncate" },
    fallbackRendererOptions: { logger },
    registerSignalListeners: false,
  });
  await list.run();
}
