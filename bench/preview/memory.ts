// Memory of the processes that this one started, and of those that they started.
import { readdirSync, readFileSync } from "node:fs";

const everyMs = 100;

/** Looks again and again until `work` is done: a process that lived between two looks is not seen. @returns sum of what each process had at most, in MB */
export const watchingMemory = async (work: () => Promise<unknown>): Promise<number> => {
  const peaks = new Map<number, number>();
  const look = (): void => {
    for (const [pid, mb] of peaksOfChildren()) peaks.set(pid, Math.max(mb, peaks.get(pid) ?? 0));
  };
  const timer = setInterval(look, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return [...peaks.values()].reduce((sum, mb) => sum + mb, 0);
};

/** By process: resident memory at most so far. MB. */
const peaksOfChildren = (): ReadonlyMap<number, number> => {
  const statuses = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statusOf(Number(pid)));
  const own = new Set([process.pid]);
  // Parents have lower numbers, but for a wrap around: then a process is missed in one look.
  for (const { pid, parent } of statuses.sort((a, b) => a.pid - b.pid)) if (own.has(parent)) own.add(pid);
  return new Map(
    statuses.filter(({ pid }) => own.has(pid) && pid !== process.pid).map(({ pid, peakMb }) => [pid, peakMb]),
  );
};

const statusOf = (
  pid: number,
): readonly { readonly pid: number; readonly parent: number; readonly peakMb: number }[] => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const number = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0);
    return [{ pid, parent: number("PPid"), peakMb: number("VmHWM") / 1_024 }];
  } catch {
    // It has ended.
    return [];
  }
};
