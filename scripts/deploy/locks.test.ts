import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeDeadLocks } from "./locks.ts";

/** Above the highest pid that Linux gives. */
const DEAD = 4_194_999;
let home = "";

function lock(stack: string, content: object): string {
  const folder = join(home, "backend/.pulumi/locks/organization/isthmus", stack);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "1.json");
  writeFileSync(file, JSON.stringify(content));
  writeFileSync(`${file}.attrs`, "{}");
  return file;
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "isthmus-locks-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("the lock of an engine that was killed is removed; those of others stay", async () => {
  const dead = lock("local.global", { pid: DEAD, hostname: hostname() });
  const running = lock("local.east.active-active", { pid: process.pid, hostname: hostname() });
  const elsewhere = lock("local.west.active-active", { pid: DEAD, hostname: "another-machine" });
  expect(await removeDeadLocks(home)).toBe(1);
  expect([dead, `${dead}.attrs`, running, elsewhere].map((file) => existsSync(file))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("a lock that cannot be read stays", async () => {
  const file = lock("local.global", { who: "knows" });
  expect(await removeDeadLocks(home)).toBe(0);
  expect(existsSync(file)).toBe(true);
});

test("a backend without locks has none", async () => {
  expect(await removeDeadLocks(home)).toBe(0);
});
