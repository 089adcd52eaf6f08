// The per-user cache of engines, and a lock so that two starts do not get one at the same time.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Where engines are kept between runs: `$XDG_CACHE_HOME/isthmus/pulumi`, else `~/.cache/isthmus/pulumi`. */
export function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "isthmus", "pulumi");
}

/** Runs `work` while no other process does, in the same cache. The lock of a process that died is taken over. */
export async function withLock<T>(
  cache: string,
  onWait: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const lock = join(cache, "lock");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  let told = false;
  for (;;) {
    const holder = await take(lock);
    if (holder === process.pid) break;
    if (!told) onWait(`waiting for process ${holder}, which is getting the Pulumi engine`);
    told = true;
    await delay(500);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Takes the lock if it is free or its holder is dead. Returns the pid that holds it now. */
async function take(lock: string): Promise<number> {
  try {
    await writeFile(lock, `${process.pid}`, { flag: "wx" });
    return process.pid;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const holder = Number(await readFile(lock, "utf8").catch(() => ""));
  if (holder > 0 && alive(holder)) return holder;
  await rm(lock, { force: true });
  return holder;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
