import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteJournal, type SqliteJournal } from "../src/journal/sqlite/journal.ts";
import { type Bench, closedLoop, type Loaded, type Measure } from "./bench.ts";
import { deliveryOf, entryOf } from "./records.ts";

const connector = "github-pushes";
const measured = 20_000;

/** Cost of an accept and of a settlement while the journal holds ever more entries, all of them open. */
export const journalCost: Bench = {
  name: "journal-cost",
  about: "cost of accept and settle with 10^3 to 10^6 entries in the journal (--full: 10^7)",
  async run({ full, say }) {
    const folder = mkdtempSync(join(tmpdir(), "isthmus-bench-"));
    const journal = openSqliteJournal({ folder, region: "east" });
    journal.begin(1);
    try {
      const measures: Measure[] = [];
      let first: readonly Loaded[] = [];
      let held = 0;
      await measure(journal, 0);
      for (const exponent of full ? [3, 4, 5, 6, 7] : [3, 4, 5, 6]) {
        const size = 10 ** exponent;
        say(`filling to ${size} entries`);
        await fill(journal, held, size);
        held = size;
        const loaded = await measure(journal, exponent);
        if (first.length === 0) first = loaded;
        measures.push(
          ...["accept", "settle"].map((what, at) => compare(`${what} at 10^${exponent}`, loaded[at], first[at])),
        );
      }
      return measures;
    } finally {
      await journal.kill();
      rmSync(folder, { recursive: true });
    }
  },
};

const measure = async (journal: SqliteJournal, exponent: number): Promise<readonly Loaded[]> => {
  const name = (index: number): string => `at-${exponent}-${index}`;
  const accept = await closedLoop(measured, 64, (index, done) => {
    journal.accept(connector, entryOf(name(index)), (answer) => {
      if (answer.kind !== "accepted") throw new Error(`accept answered ${answer.kind}`);
      done();
    });
  });
  const settle = await closedLoop(measured, 32, (index, done) => {
    journal.write(connector, [deliveryOf(name(index))], (answer) => {
      if (answer.kind !== "written") throw new Error(`write answered ${answer.kind}`);
      done();
    });
  });
  return [accept, settle];
};

const compare = (what: string, loaded: Loaded | undefined, first: Loaded | undefined): Measure => {
  if (loaded === undefined || first === undefined) throw new Error("nothing was measured");
  const { rate, p50, p99, cpuUs } = loaded;
  const ratio = cpuUs / first.cpuUs;
  return { what, rate, p50, p99, value: cpuUs, unit: "us CPU", ratio, target: "flat: <= 1.5", met: ratio <= 1.5 };
};

const fill = async (journal: SqliteJournal, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at += 1_000) {
    const records = Array.from({ length: Math.min(1_000, to - at) }, (_, index) => entryOf(`fill-${at + index}`));
    await new Promise<void>((done, failed) =>
      journal.write(connector, records, (answer) =>
        answer.kind === "written" ? done() : failed(new Error(answer.detail)),
      ),
    );
  }
};
