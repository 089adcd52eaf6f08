import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { check } from "./check.ts";
import { tryOut } from "./try.ts";

const partners = resolve(import.meta.dirname, "../../../infra/partners");
const options = { program: resolve(partners, ".."), env: "local" };

// Definitions import `isthmus`, which is found from within the repository only.
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(import.meta.dirname, ".definitions-"));
  cpSync(join(partners, "insurer"), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

test("an event is tried as readers of a feed get it", async () => {
  const { json, code } = await tryOut(join(folder, "policies.ts"), "issued.event.json", { ...options, update: false });
  expect([json, code]).toEqual([
    { output: { type: "com.acme.policy.issued.v1", data: { policyNumber: "P-4711", premium: 129.5 } } },
    0,
  ]);
});

test("what readers get is written where it is looked for", async () => {
  const output = join(folder, "policies", "issued.feed.json");
  rmSync(output);
  const before = await check([join(folder, "policies.ts")], options);
  expect([before.code, before.text]).toEqual([2, expect.stringContaining("issued: has no expected output yet")]);
  const { text } = await tryOut(join(folder, "policies.ts"), "issued.event.json", { ...options, update: true });
  expect(text).toContain(`written to ${output}`);
  expect(JSON.parse(readFileSync(output, "utf8"))).toMatchObject({ type: "com.acme.policy.issued.v1" });
  expect((await check([join(folder, "policies.ts")], options)).code).toBe(0);
});

test("a message is tried without the settings that only a deployment needs", async () => {
  const definition = join(partners, "erp", "customers.ts");
  const { json } = await tryOut(definition, "removed.message.json", { ...options, update: false });
  expect(json).toMatchObject({ output: [{ id: "C-1/4", type: "customer.removed" }] });
});
