import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The folder is in use by another process. */
export class FolderLockedError extends Error {
  constructor(folder: string, pid: string) {
    super(`${folder} is in use by process ${pid}. Two processes of one region must not share their state.`);
    this.name = "FolderLockedError";
  }
}

export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process. The operating system lets the lock go when the process ends, however it ends.
 *
 * @throws FolderLockedError
 */
export const lockFolder = (folder: string): FolderLock => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = join(folder, "lock.pid");
  const path = join(folder, "lock.sqlite");
  closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
  } catch {
    database.close();
    throw new FolderLockedError(folder, pidIn(holder));
  }
  writeFileSync(holder, String(process.pid), { mode: 0o600 });
  return { release: () => database.close() };
};

const pidIn = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "(unknown)";
  }
};
