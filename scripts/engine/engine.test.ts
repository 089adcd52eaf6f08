import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { engineIn } from "./candidate.ts";
import { EngineMissing, findOrGetEngine, type Way } from "./engine.ts";
import { BUILT_VERSION, MINIMUM_VERSION } from "./versions.ts";

let cache = "";

/** A command that only tells its version, with or without its language host beside it. */
function plant(version: string, options: { readonly languageHost: boolean } = { languageHost: true }): string {
  const bin = join(cache, BUILT_VERSION, "bin");
  mkdirSync(bin, { recursive: true });
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script("pulumi", `echo v${version}`);
  if (options.languageHost) script("pulumi-language-nodejs", "exit 0");
  return bin;
}

const failing: Way = { name: "by magic", get: async () => ({ kind: "failed", why: "no wand" }) };

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "isthmus-engine-"));
  // No engine on PATH, but a shell.
  vi.stubEnv("PATH", `${dirname(process.execPath)}:/bin`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

test("an engine in the cache is used, and nothing is got", async () => {
  const bin = plant(BUILT_VERSION);
  expect(await findOrGetEngine({ cache, ways: [] })).toMatchObject({ version: BUILT_VERSION, bin, from: "cache" });
});

test("an engine on PATH comes first", async () => {
  const bin = plant("3.300.1");
  vi.stubEnv("PATH", `${bin}:/bin`);
  expect(await findOrGetEngine({ cache: join(cache, "empty"), ways: [] })).toMatchObject({
    version: "3.300.1",
    from: "path",
  });
});

test.each(["3.2.0", "3.258.0"])("engine %s is too old", async (version) => {
  expect(await engineIn(plant(version), "cache")).toBeNull();
});

test("an engine without its language host is not usable", async () => {
  expect(await engineIn(plant(MINIMUM_VERSION, { languageHost: false }), "cache")).toBeNull();
});

test("where none can be got, the error says what was tried and what to do", async () => {
  const attempt = findOrGetEngine({ cache, ways: [failing] });
  await expect(attempt).rejects.toThrow(EngineMissing);
  await expect(attempt).rejects.toThrow(/by magic: no wand[\s\S]*What to do[\s\S]*install Go/);
});

test("two starts at once get one engine: the second waits for the first and tells so", async () => {
  let got = 0;
  let finish = () => {};
  const slow: Way = {
    name: "slowly",
    get: async () => {
      got += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      const engine = await engineIn(plant(BUILT_VERSION), "build");
      return engine === null ? { kind: "failed", why: "not planted" } : { kind: "got", engine };
    },
  };
  const told: string[] = [];
  const first = findOrGetEngine({ cache, ways: [slow] });
  await expect.poll(() => got).toBe(1);
  // The lock is of a process, so the waiting start is one of its own in life; here the holder is another live process.
  writeFileSync(join(cache, "lock"), `${process.ppid}`);
  const second = findOrGetEngine({ cache, ways: [slow], onProgress: (message) => told.push(message) });
  await expect.poll(() => told).toEqual([`waiting for process ${process.ppid}, which is getting the Pulumi engine`]);
  finish();
  expect(await first).toMatchObject({ from: "build" });
  expect(await second).toMatchObject({ from: "cache" });
  expect(got).toBe(1);
});

test("the lock of a start that died does not stop the next", async () => {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "lock"), "4194999");
  plant(BUILT_VERSION);
  rmSync(join(cache, BUILT_VERSION), { recursive: true });
  await expect(findOrGetEngine({ cache, ways: [failing] })).rejects.toThrow("no wand");
});
