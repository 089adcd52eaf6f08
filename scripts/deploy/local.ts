// What drills do to the processes of the local platform behind the engine's back.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Running, restart, runningOn } from "../../connectors/platforms/local/provider/process.ts";
import type { Mode } from "../../connectors/platforms/mode.ts";

export interface RegionProcess {
  /** The folder of the state folders; default of a stack: `.isthmus`. */
  readonly home: string;
  readonly environment: string;
  readonly mode: Mode;
  /** A region, or `witness`. */
  readonly region: string;
}

const stateDir = ({ home, environment, mode, region }: RegionProcess): string =>
  join(home, `${environment}.${mode}`, region);

/** Kills the process as a lost machine would be: SIGKILL. @returns its pid, null where none runs. */
export async function killRegion(region: RegionProcess): Promise<number | null> {
  const running = await runningOn(stateDir(region));
  if (running !== null) process.kill(running.pid, "SIGKILL");
  return running?.pid ?? null;
}

/** Stops the process in its tracks, or lets it go on. Nothing where none runs. */
export async function signalRegion(region: RegionProcess, signal: "SIGSTOP" | "SIGCONT"): Promise<void> {
  const running = await runningOn(stateDir(region));
  if (running !== null) process.kill(running.pid, signal);
}

/** How long a process that was killed may take to be gone, in milliseconds. */
const goneMs = 5_000;

/** Removes everything that a killed process had on its disk. @throws where it does not end */
export async function loseDisk(region: RegionProcess): Promise<void> {
  const until = performance.now() + goneMs;
  for (;;) {
    const running = await runningOn(stateDir(region));
    if (running === null) break;
    if (performance.now() > until) throw new Error(`process ${running.pid} still works on ${stateDir(region)}`);
    await wait(20);
  }
  await rm(stateDir(region), { recursive: true });
}

/** Starts a process that was killed, on the state and configuration that it had, and waits until it answers. */
export const restartRegion = (region: RegionProcess): Promise<Running> => restart(stateDir(region));

/** The admin token of a region's process. */
export async function adminToken(region: RegionProcess): Promise<string> {
  return (await readFile(join(stateDir(region), "admin-token"), "utf8")).trim();
}
