// The processes in which an emulated region runs its functions: what Lambda calls sandboxes.
import { readdirSync, readFileSync } from "node:fs";
import type { Ministack } from "./ministack.ts";

/** Ends all of them at once, in the middle of whatever they do. Gives how many there were. */
export function killWorkers({ pid }: Pick<Ministack, "pid">): number {
  const workers = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isWorker(name, pid));
  for (const worker of workers) process.kill(Number(worker), "SIGKILL");
  return workers.length;
}

const isWorker = (name: string, group: number): boolean => {
  if (name === String(group)) return false;
  try {
    // Behind the name, which may hold blanks: state, parent, group.
    const [, , of] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (
      of === String(group) && readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0")[0]?.endsWith("node") === true
    );
  } catch {
    // It has ended meanwhile.
    return false;
  }
};
