import { mkdirSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Done } from "../../core/ports.ts";
import type { PersistRows, VoterRows } from "../../core/voter.ts";

const version = 1;

/** The rows of one voter, kept in a file. */
export interface VoterFile {
  /**
   * Rows as last persisted; null where there is no file.
   *
   * @throws Error when the file is not one that this version wrote
   */
  load(): VoterRows | null;
  /** Durable when `done(true)` is called; `done(false)`: the rows may or may not be there after a restart. */
  readonly persist: PersistRows;
}

/** Keeps a voter's rows at `path`. The file is replaced as a whole, so that a crash leaves the old or the new rows. */
export const voterFile = (path: string): VoterFile => {
  let next: { text: string; dones: Done<boolean>[] } | null = null;
  let writing = false;
  const write = async (): Promise<void> => {
    writing = true;
    while (next !== null) {
      const { text, dones } = next;
      next = null;
      const ok = await replace(path, text).then(
        () => true,
        () => false,
      );
      for (const done of dones) done(ok);
    }
    writing = false;
  };
  return {
    load: () => parse(path, read(path)),
    persist: (rows, done) => {
      // Later rows contain earlier ones: what waits becomes one write.
      next = { text: JSON.stringify({ version, rows }), dones: [...(next?.dones ?? []), done] };
      if (!writing) void write();
    },
  };
};

const replace = async (path: string, text: string): Promise<void> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.new`;
  const file = await open(fresh, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  // The new name is durable only with its folder.
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
};

const parse = (path: string, text: string | null): VoterRows | null => {
  if (text === null) return null;
  let stored: { readonly version?: unknown; readonly rows?: VoterRows };
  try {
    stored = JSON.parse(text) as typeof stored;
  } catch {
    throw new Error(`${path} is not readable as the rows of a voter. Delete it: the voter then asks the others.`);
  }
  if (stored.version !== version || stored.rows === undefined) {
    throw new Error(
      `${path} holds rows of version ${String(stored.version)}, and this Isthmus reads version ${version}. ` +
        "Start the Isthmus that wrote it, or delete the file: the voter then asks the others.",
    );
  }
  return stored.rows;
};
