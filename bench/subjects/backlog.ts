// A process that accepts a backlog, then reads and settles part of it, and tells its peak memory in MB.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteJournal } from "../../src/journal/sqlite/journal.ts";
import { closedLoop } from "../bench.ts";
import { deliveryOf, entryOf } from "../records.ts";

const connector = "github-pushes";
const entries = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "isthmus-bench-"));
const journal = openSqliteJournal({ folder, region: "east" });
journal.begin(1);
await closedLoop(entries / 100, 4, (index, done) => {
  const batch = Array.from({ length: 100 }, (_, at) => entryOf(`${index * 100 + at}`));
  journal.write(connector, batch, () => done());
});
let above = 0;
for (let page = 0; page < Math.min(100, entries / 500); page += 1) {
  await new Promise<void>((done) => {
    const query = { journals: ["east.1" as const], above: { "east.1": above }, limit: 500 };
    journal.open(connector, query, (open) => {
      above = open.at(-1)?.position ?? above;
      const settlements = open.map(({ identity }) => ({ ...deliveryOf(""), identity }));
      journal.write(connector, settlements, () => done());
    });
  });
}
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
await journal.kill();
rmSync(folder, { recursive: true });
process.send?.(Math.round(Number(peak) / 1_000));
process.disconnect?.();
