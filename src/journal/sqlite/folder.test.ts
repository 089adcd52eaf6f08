import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, entry, identitiesOf } from "../contract/harness.ts";
import { openSqliteJournal } from "./journal.ts";

const writer = fileURLToPath(new URL("./fixtures/writer.ts", import.meta.url));

describe("the state folder of a journal", () => {
  let folder: string;
  let children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "isthmus-folder-"));
  });
  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    children = [];
    rmSync(folder, { recursive: true });
  });

  const options = () => ({ folder: join(folder, "east"), region: "east" });
  /** A process that accepts entries as fast as it can and prints each that was answered. */
  const startWriter = (): { child: ChildProcess; lines: AsyncIterableIterator<string> } => {
    const child = spawn(process.execPath, [writer, options().folder], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };

  it("is for its owner alone", async () => {
    const journal = openSqliteJournal(options());
    journal.begin(1);
    await ask(journal).accept("orders", entry("s 1"));
    const modes = readdirSync(options().folder).map((name) => [
      name,
      statSync(join(options().folder, name)).mode & 0o077,
    ]);
    expect(Object.fromEntries(modes)).toMatchObject({ "journal.sqlite": 0, "journal.sqlite-wal": 0, "lock.pid": 0 });
    expect(modes.filter(([, others]) => others !== 0)).toEqual([]);
    expect(statSync(options().folder).mode & 0o777).toBe(0o700);
    await journal.close();
  });

  it("of another version is refused, untouched, with what to do", async () => {
    const journal = openSqliteJournal(options());
    await journal.close();
    const path = join(options().folder, "journal.sqlite");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    const before = statSync(path).mtimeMs;
    expect(() => openSqliteJournal(options())).toThrow(/version 99.*reads version 3.*delete the folder/);
    expect(() => openSqliteJournal(options())).toThrow(/version 99/);
    expect(statSync(path).mtimeMs).toBe(before);
  });

  it("with a file of another program is refused", () => {
    const path = join(folder, "journal.sqlite");
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE theirs (a)");
    database.close();
    expect(() => openSqliteJournal({ folder, region: "east" })).toThrow(/another program/);
  });

  it("belongs to one process: a second is refused and told which has it, until that one is gone", async () => {
    const { child, lines } = startWriter();
    await lines.next();
    expect(() => openSqliteJournal(options())).toThrow(`in use by process ${child.pid}`);
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
    const journal = openSqliteJournal(options());
    expect(() => openSqliteJournal(options())).toThrow(`in use by process ${process.pid}`);
    await journal.close();
  });

  it("keeps everything that a killed process had answered, without a hole", async () => {
    const { child, lines } = startWriter();
    const answered: string[] = [];
    const gone = new Promise((done) => child.once("exit", done));
    for await (const line of lines) {
      answered.push(line);
      if (answered.length === 2_000) child.kill("SIGKILL");
    }
    await gone;
    const journal = openSqliteJournal(options());
    const found = await ask(journal).open("orders", { limit: 1_000_000 });
    expect(answered.length).toBeGreaterThanOrEqual(2_000);
    const kept = new Set(identitiesOf(found));
    expect(answered.filter((identity) => !kept.has(identity))).toEqual([]);
    expect(found.map(({ position }) => position)).toEqual(found.map((_, at) => at + 1));
    expect(journal.vector("orders")).toEqual({ "east.1": found.length });
    await journal.close();
  });
});
