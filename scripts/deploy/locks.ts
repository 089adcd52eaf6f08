// Locks that an engine which was killed left in the file backend. The engine would ask for `pulumi cancel`.
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as z from "zod";

const Lock = z.object({ pid: z.int().positive(), hostname: z.string() });

/**
 * Removes the locks of engines of this machine that do not run any more.
 * @param home the folder of the backend
 * @returns how many
 */
export async function removeDeadLocks(home: string): Promise<number> {
  const folder = join(home, "backend", ".pulumi", "locks");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let removed = 0;
  for (const name of names.filter((file) => file.endsWith(".json"))) {
    const lock = Lock.safeParse(parsed(await readFile(join(folder, name), "utf8").catch(() => "")));
    if (!lock.success || lock.data.hostname !== hostname() || alive(lock.data.pid)) continue;
    for (const file of [name, `${name}.attrs`]) await rm(join(folder, file), { force: true });
    removed += 1;
  }
  return removed;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
