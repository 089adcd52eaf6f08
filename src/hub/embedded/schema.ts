import { join } from "node:path";
import type { DatabaseForm } from "../../sqlite/database.ts";

const schema = `
CREATE TABLE log (id TEXT NOT NULL, position INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO log VALUES (lower(hex(randomblob(6))), 0, 0);
CREATE TABLE event (position INTEGER PRIMARY KEY, time INTEGER NOT NULL, identity TEXT NOT NULL, type TEXT NOT NULL, key TEXT, body TEXT NOT NULL);
CREATE TABLE known (hash INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (hash, position)) WITHOUT ROWID;
CREATE TABLE consumer (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
`;

/** The hub's file in the state folder of a region. */
export const hubForm = (folder: string): DatabaseForm => ({
  path: join(folder, "hub.sqlite"),
  applicationId: 0x49_73_48_75,
  version: 1,
  schema,
});
