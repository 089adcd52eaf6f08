import { join } from "node:path";
import type { DatabaseForm } from "../../sqlite/database.ts";

/** A record's id is its journal's number times this, plus its position: records of one journal lie side by side. */
export const span = 2 ** 36;

export const recordId = (journal: number, position: number): number => journal * span + position;
export const journalOf = (id: number): number => Math.floor(id / span);
export const positionOf = (id: number): number => id % span;
/** A series in the tables `numbered` and `open`: those of a connector are its own. */
export const seriesOf = (connector: number, series: string): string => `${connector} ${series}`;

/**
 * `record` is the truth; the other tables are derived from it in the same transaction, so that nothing about a backlog is
 * kept in memory. All that is known of one identity hangs on its *anchor*, the first record that named it: `known` finds
 * the anchor by a hash of the identity, `fact` lists the other records; `hung` finds the anchor of an entry or a
 * resubmission that is none itself, for readers that cannot ask `known`.
 */
const schema = `
CREATE TABLE connector (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, dropped INTEGER NOT NULL, tally TEXT NOT NULL);
CREATE TABLE journal (number INTEGER PRIMARY KEY AUTOINCREMENT, connector INTEGER NOT NULL, name TEXT NOT NULL,
  position INTEGER NOT NULL, pruned INTEGER NOT NULL, swept INTEGER NOT NULL, indexed INTEGER NOT NULL, UNIQUE (connector, name));
CREATE TABLE record (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, identity TEXT, key TEXT, time INTEGER NOT NULL, more TEXT, body TEXT NOT NULL);
CREATE TABLE known (hash INTEGER NOT NULL, anchor INTEGER NOT NULL, PRIMARY KEY (hash, anchor)) WITHOUT ROWID;
CREATE TABLE fact (anchor INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (anchor, id)) WITHOUT ROWID;
CREATE TABLE hung (id INTEGER PRIMARY KEY, anchor INTEGER NOT NULL);
CREATE TABLE open (id INTEGER PRIMARY KEY, key TEXT, round INTEGER NOT NULL, series TEXT, number INTEGER);
CREATE INDEX open_key ON open (key) WHERE key IS NOT NULL;
CREATE INDEX open_number ON open (series, number) WHERE series IS NOT NULL;
CREATE TABLE numbered (series TEXT NOT NULL, number INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (series, number, id)) WITHOUT ROWID;
CREATE TABLE trouble (connector INTEGER NOT NULL, anchor INTEGER NOT NULL, outcome TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (connector, anchor)) WITHOUT ROWID;
CREATE INDEX trouble_list ON trouble (connector, outcome, time);
CREATE TABLE conflict (connector INTEGER NOT NULL, time INTEGER NOT NULL, id INTEGER NOT NULL, anchor INTEGER NOT NULL, PRIMARY KEY (connector, time, id)) WITHOUT ROWID;
CREATE TABLE chain (number INTEGER PRIMARY KEY, connector INTEGER NOT NULL, home TEXT NOT NULL, site TEXT NOT NULL, UNIQUE (connector, home, site));
CREATE TABLE delivered (chain INTEGER NOT NULL, time INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (chain, time, id)) WITHOUT ROWID;
CREATE TABLE cursor (connector INTEGER NOT NULL, source TEXT NOT NULL, value TEXT NOT NULL, epoch INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (connector, source)) WITHOUT ROWID;
CREATE TABLE consumer (connector INTEGER NOT NULL, name TEXT NOT NULL, journal INTEGER NOT NULL, id INTEGER NOT NULL, vector TEXT NOT NULL, PRIMARY KEY (connector, name, journal)) WITHOUT ROWID;
CREATE TABLE switch (connector INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (connector, id)) WITHOUT ROWID;
CREATE TABLE named (journal TEXT PRIMARY KEY) WITHOUT ROWID;
`;

/** The journal's file in the state folder of a region. */
export const journalForm = (folder: string): DatabaseForm => ({
  path: join(folder, "journal.sqlite"),
  applicationId: 0x49_73_4a_6e,
  version: 3,
  schema,
});
