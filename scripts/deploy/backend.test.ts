import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { backend } from "./backend.ts";

let project = "";
// The backend looks at nothing but the folder of the command.
const engine = { bin: "/opt/engine/bin" } as Engine;
const stackFile = (name: string): string => join(project, `Pulumi.${name}.yaml`);

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "isthmus-backend-"));
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"]) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(project, { recursive: true, force: true });
});

test("state lies under one folder, and its passphrase is for the owner only", async () => {
  const { home, variables, environment } = await backend({ engine, project });
  expect(home).toBe(join(project, ".isthmus"));
  expect(variables.PULUMI_BACKEND_URL).toBe(`file://${home}/backend`);
  expect(statSync(home).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, "passphrase")).mode & 0o777).toBe(0o600);
  expect(environment.PATH?.split(delimiter).slice(0, 2)).toEqual([dirname(process.execPath), "/opt/engine/bin"]);
});

test("the passphrase is made once", async () => {
  const first = await backend({ engine, project });
  const text = readFileSync(join(first.home, "passphrase"), "utf8");
  await backend({ engine, project });
  expect(readFileSync(join(first.home, "passphrase"), "utf8")).toBe(text);
  expect(text.length).toBeGreaterThan(24);
});

test("what the caller set wins", async () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://states");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "mine");
  const { home, variables } = await backend({ engine, project });
  expect(variables).toEqual({ PULUMI_BACKEND_URL: "s3://states", PULUMI_CONFIG_PASSPHRASE: "mine" });
  expect(existsSync(join(home, "passphrase"))).toBe(false);
});

test("settings that nobody can decrypt any more leave with the folder of all state; others stay", async () => {
  const encrypted = "encryptionsalt: v1:abc\nconfig: {}\n";
  for (const name of ["local.global", "preview-x.east.active-active", "aws.global"])
    writeFileSync(stackFile(name), encrypted);
  writeFileSync(stackFile("local.east.active-active"), "config:\n  isthmus:only: [a]\n");
  await backend({ engine, project });
  const left = ["local.global", "preview-x.east.active-active", "aws.global", "local.east.active-active"].map((name) =>
    existsSync(stackFile(name)),
  );
  expect(left).toEqual([false, false, true, true]);
});

test("settings stay while their passphrase is there", async () => {
  mkdirSync(join(project, ".isthmus"));
  writeFileSync(join(project, ".isthmus", "passphrase"), "kept");
  writeFileSync(stackFile("local.global"), "encryptionsalt: v1:abc\n");
  await backend({ engine, project });
  expect(existsSync(stackFile("local.global"))).toBe(true);
});
