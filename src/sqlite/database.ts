import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { row } from "./query.ts";

/** What a state file must be for this program to open it. */
export interface DatabaseForm {
  readonly path: string;
  /** Told apart from other files of SQLite by this number (`application_id`). */
  readonly applicationId: number;
  readonly version: number;
  /** Statements that make an empty file of this version. */
  readonly schema: string;
}

/** The state was written by a version that this one cannot read. Nothing was touched. */
export class StateVersionError extends Error {
  constructor(path: string, found: string, expected: number) {
    super(
      `${path} holds state of ${found}, and this Isthmus reads version ${expected}. ` +
        "Start the Isthmus that wrote it, or delete the folder to begin empty.",
    );
    this.name = "StateVersionError";
  }
}

/**
 * Opens a state file for writing and makes it where it is missing. Folder and file belong to the owner alone.
 * A commit returns when it is on the disk.
 *
 * @throws StateVersionError
 */
export const openDatabase = (form: DatabaseForm): DatabaseSync => {
  makePrivate(form.path);
  const database = new DatabaseSync(form.path, { timeout: 10_000 });
  try {
    requireVersion(database, form);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -6000;");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** Opens an existing state file for reading: sees what is committed, and never writes. */
export const openForReading = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec("PRAGMA query_only = 1; PRAGMA cache_size = -2000;");
  return database;
};

const makePrivate = (path: string): void => {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // SQLite gives its -wal and -shm files the mode of the database file.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
};

const requireVersion = (database: DatabaseSync, form: DatabaseForm): void => {
  const applicationId = pragma(database, "application_id");
  const version = pragma(database, "user_version");
  if (applicationId === form.applicationId && version === form.version) return;
  const tables = row<[number]>(database, "SELECT count(*) FROM sqlite_schema")()?.[0];
  if (tables !== 0 || applicationId !== 0) {
    const found = applicationId === form.applicationId ? `version ${version}` : "another program";
    throw new StateVersionError(form.path, found, form.version);
  }
  database.exec(
    `BEGIN IMMEDIATE; PRAGMA application_id = ${form.applicationId}; PRAGMA user_version = ${form.version}; ${form.schema} COMMIT;`,
  );
};

const pragma = (database: DatabaseSync, name: string): number => row<[number]>(database, `PRAGMA ${name}`)()?.[0] ?? 0;
