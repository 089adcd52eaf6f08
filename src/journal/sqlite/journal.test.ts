import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journalContract, type OpenStore } from "../contract.ts";
import { openSqliteJournal } from "./journal.ts";

const open: OpenStore = async (region) => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-journal-"));
  let journal = openSqliteJournal({ folder, region });
  return {
    get journal() {
      return journal;
    },
    async reopen() {
      await journal.close();
      journal = openSqliteJournal({ folder, region });
    },
    async crash() {
      await journal.kill();
      journal = openSqliteJournal({ folder, region });
    },
    setFull: (full) => new Promise((done) => journal.limit(full ? 300_000 : Number.MAX_SAFE_INTEGER, done)),
    async dispose() {
      await journal.kill();
      rmSync(folder, { recursive: true });
    },
  };
};

journalContract("on SQLite", open);
