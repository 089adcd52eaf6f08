import { MemoryTable } from "../../aws/dynamo/memory-table.ts";
import type { Table } from "../../aws/dynamo/table.ts";
import { journalContract, type OpenStore } from "../contract.ts";
import { ReplicatedJournal, systemClock } from "./testing.ts";

const open: OpenStore = async (region) => {
  const tables = new Map<string, Table>();
  const gate = { full: false };
  const tableOf = (connector: string): Table => {
    const table = tables.get(connector) ?? refusing(new MemoryTable(), gate);
    tables.set(connector, table);
    return table;
  };
  const start = (): ReplicatedJournal =>
    new ReplicatedJournal(
      {
        region,
        regions: [region, "west", "north"],
        clock: systemClock,
        random: Math.random,
        table: tableOf,
      },
      (connector) => void tables.delete(connector),
    );
  let journal = start();
  const again = async (): Promise<void> => {
    journal = start();
    for (const connector of tables.keys()) await new Promise((done) => journal.load(connector, done));
  };
  return {
    get journal() {
      return journal;
    },
    reopen: again,
    crash: again,
    setFull: async (full) => {
      gate.full = full;
    },
    dispose: async () => {},
  };
};

/** A table that takes nothing while its gate says so: there is no full disk, there are limits of an account. */
const refusing = (table: Table, gate: { full: boolean }): Table => {
  const failure = { kind: "failed", reason: "refused", detail: "the account is at its limit" } as const;
  return {
    put: (item, condition, done) => (gate.full ? done(failure) : table.put(item, condition, done)),
    update: (...asked) => table.update(...asked),
    remove: (...asked) => table.remove(...asked),
    get: (...asked) => table.get(...asked),
    query: (...asked) => table.query(...asked),
    inbox: (...asked) => table.inbox(...asked),
  };
};

journalContract("on DynamoDB, over a table in memory", open);
