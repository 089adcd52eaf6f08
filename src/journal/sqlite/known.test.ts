import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { JournalName, JournalRecord } from "../../core/records.ts";
import { openDatabase } from "../../sqlite/database.ts";
import { entry, settlement } from "../contract/harness.ts";
import { encode } from "./codec.ts";
import { journalForm } from "./schema.ts";
import { JournalStore } from "./store.ts";

const identities = ["s 1", "s 2", "s 3", "s 4", "s 5", "s 6"];
const journals: readonly JournalName[] = ["east.1", "west.1", "north.1"];

type Step =
  | { readonly do: "write"; readonly journal: JournalName; readonly record: JournalRecord }
  /** One piece of the work that can wait. */
  | { readonly do: "sweep" }
  /** The process is killed and started again. */
  | { readonly do: "restart" }
  /** A transaction that wrote a record fails. */
  | { readonly do: "fail"; readonly record: JournalRecord };

const record = fc
  .tuple(fc.constantFrom(...identities), fc.boolean())
  .map(([name, isEntry]): JournalRecord => (isEntry ? entry(name) : settlement(name, "faulted")));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("write" as const), journal: fc.constantFrom(...journals), record }),
  fc.record({ do: fc.constant("write" as const), journal: fc.constantFrom(...journals), record }),
  fc.constant({ do: "sweep" as const }),
  fc.constant({ do: "restart" as const }),
  fc.record({ do: fc.constant("fail" as const), record }),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "isthmus-known-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("an identity stands where it first stood, through sweeps, failures and restarts", () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      run += 1;
      const form = journalForm(join(folder, String(run)));
      let database = openDatabase(form);
      database.exec("PRAGMA synchronous = OFF");
      let store = new JournalStore(database, 3);
      const anchors = new Map<string, number | null>();
      const ends = new Map<JournalName, number>();
      const anchorOf = (identity: string): number | null => {
        const answer = store.run({ do: "find", connector: "orders", identity });
        return "is" in answer && answer.is === "found" ? answer.anchor : null;
      };
      for (const one of steps) {
        if (one.do === "write") {
          write(database, store, one.journal, ends, one.record);
          if (!("identity" in one.record)) throw new Error("every record here names an identity");
          const { identity } = one.record;
          if (!anchors.has(identity)) anchors.set(identity, anchorOf(identity));
        } else if (one.do === "sweep") {
          if (store.sweepable) inTransaction(database, store, () => store.sweep());
        } else if (one.do === "fail") {
          database.exec("BEGIN IMMEDIATE");
          store.run({ do: "write", connector: "orders", journal: "east.1", rows: [encode(one.record)] });
          database.exec("ROLLBACK");
          store.reload();
        } else {
          database.close();
          database = openDatabase(form);
          store = new JournalStore(database, 3);
        }
        for (const identity of identities) expect(anchorOf(identity)).toBe(anchors.get(identity) ?? null);
      }
      database.close();
    }),
    { numRuns: 150 },
  );
});

const inTransaction = (database: DatabaseSync, store: JournalStore, work: () => void): void => {
  database.exec("BEGIN IMMEDIATE");
  work();
  store.flush();
  database.exec("COMMIT");
};

/** Puts the record at the end of the journal. */
const write = (
  database: DatabaseSync,
  store: JournalStore,
  journal: JournalName,
  ends: Map<JournalName, number>,
  one: JournalRecord,
): void => {
  const from = ends.get(journal) ?? 0;
  ends.set(journal, from + 1);
  inTransaction(database, store, () => {
    const rows = [encode(one)];
    const positions = [from + 1];
    store.run({ do: "apply", connector: "orders", journal, from, to: from + 1, rows, positions, named: [] });
  });
};
