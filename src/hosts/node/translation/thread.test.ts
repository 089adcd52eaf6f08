import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { nodeClock } from "../../shared/clock.ts";
import type { Made } from "../../shared/translation/work.ts";
import { bundleOf } from "../test-support/world.ts";
import { TranslationThread } from "./thread.ts";

let folder: string;
let bundle: string;
let thread: TranslationThread | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "isthmus-thread-"));
  bundle = join(folder, "bundle.mjs");
  writeFileSync(bundle, bundleOf("orders-in").bundle);
});
afterEach(() => thread?.close());
afterAll(() => rmSync(folder, { recursive: true }));

const made = (file = bundle): TranslationThread => {
  thread = new TranslationThread({
    input: { bundle: file, connector: "orders-in", settings: {} },
    clock: nodeClock,
    limitMs: 1_000,
  });
  return thread;
};
const translated = (by: TranslationThread, id: string, body: object): Promise<Made> => {
  const payload = JSON.stringify({
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    site: "main",
    receivedAt: "2026-01-01T00:00:00Z",
  });
  return new Promise((done) => by.translate({ identity: `/shop/orders-in ${id}`, payload, site: null }, done));
};
const keyOf = (result: Made): string | null => (result.kind === "output" ? result.key : result.kind);

test("answers stand in the order of the questions, with the key", async () => {
  const by = made();
  const answers: string[] = [];
  const all = Array.from({ length: 500 }, async (_, at) => {
    const result = await translated(by, `m-${at}`, { order: `o-${at}` });
    answers.push(keyOf(result) ?? "");
  });
  await Promise.all(all);
  expect(answers).toEqual(Array.from({ length: 500 }, (_, at) => `o-${at}`));
});

test("only the one that never returns is a fault, wherever it stands among the others", async () => {
  const by = made();
  const bodies = Array.from({ length: 300 }, (_, at) => ({
    order: `o-${at}`,
    ...((at === 7 || at === 200) && { does: "hang" }),
  }));
  const results = await Promise.all(bodies.map((body, at) => translated(by, `m-${at}`, body)));
  const faults = results.flatMap((result, at) => (result.kind === "fault" ? [[at, result.reason]] : []));
  expect(faults).toEqual([
    [7, "translation did not return within 1s"],
    [200, "translation did not return within 1s"],
  ]);
  expect(results.filter(({ kind }) => kind === "output")).toHaveLength(298);
});

test("one that ends its thread is a fault, and the next goes to a new thread", async () => {
  const file = join(folder, "ends.mjs");
  writeFileSync(file, bundleOf("orders-in", ['throw new Error("no such article")', "process.exit(3)"]).bundle);
  const by = made(file);
  const [bad, good] = await Promise.all([
    translated(by, "bad", { order: "o", does: "throw" }),
    translated(by, "good", { order: "o" }),
  ]);
  expect(bad).toEqual({ kind: "fault", reason: "the translation ended its thread" });
  expect(good.kind).toBe("output");
});

const loaded = (text: string, timeoutMs: number): Promise<string | null> => {
  const file = join(folder, `${timeoutMs}.mjs`);
  writeFileSync(file, text);
  return new Promise((done) => made(file).start(timeoutMs, done));
};

test("a bundle that throws is told when the thread starts", async () => {
  expect(await loaded("throw new Error('half a file')", 30_000)).toBe("half a file");
});

test("a bundle that never ends to load is told when the thread starts", async () => {
  expect(await loaded("for (;;);", 500)).toBe("the bundle did not load within 0.5s");
});
