import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { configOf } from "./surroundings.ts";

const schema = z.object({ region: z.string() });

test("a configuration is in the variable", () => {
  expect(configOf(schema, { ISTHMUS: '{"region":"us-east-1"}' })).toEqual({ region: "us-east-1" });
});

test("a configuration that no variable could hold is in the file that it names", () => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-config-"));
  try {
    writeFileSync(join(folder, "config.json"), '{"region":"us-east-1"}');
    expect(configOf(schema, { ISTHMUS: "config.json", LAMBDA_TASK_ROOT: folder })).toEqual({ region: "us-east-1" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a wrong field is named, and its value is not", () => {
  expect(() => configOf(schema, { ISTHMUS: '{"region":5}' })).toThrow(/^ISTHMUS: region: (?!.*5)/);
});
