// The pack under the real engine: a violation stops a preview, and what is as it should be does not.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOrGetEngine } from "../scripts/engine/engine.ts";
import { installPack } from "./test-support/installed.ts";

const root = resolve(import.meta.dirname, "..");
let folder = "";
let environment: NodeJS.ProcessEnv = {};

const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);

beforeAll(async () => {
  const engine = await findOrGetEngine({ onProgress: () => {} });
  folder = mkdtempSync(join(tmpdir(), "isthmus-policy-"));
  mkdirSync(join(folder, "backend"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const { bin } = installPack(folder);
  write("Pulumi.yaml", "name: tried\nmain: index.mjs\nruntime: { name: nodejs, options: { typescript: false } }\n");
  write("package.json", '{ "type": "module", "main": "index.mjs" }');
  const path = [resolve(process.execPath, ".."), bin, engine.bin, process.env.PATH].join(delimiter);
  environment = {
    ...process.env,
    PATH: path,
    PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STACK = "tried.us-east-1.active-active";
const pulumi = (...args: readonly string[]) =>
  spawnSync("pulumi", [...args, "--stack", STACK, "--non-interactive"], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });

/** A component stands for a resource: rules look at type and inputs, and no provider is needed. */
const program = (type: string, inputs: object): string => `import * as pulumi from "@pulumi/pulumi";
new pulumi.ComponentResource("${type}", "tried", ${JSON.stringify(inputs)});
`;

test("a preview with a violation fails and says which, one without goes through", () => {
  spawnSync("pulumi", ["stack", "init", STACK, "--non-interactive"], { cwd: folder, env: environment });
  write("index.mjs", program("aws:iam/accessKey:AccessKey", {}));
  const refused = pulumi("preview", "--policy-pack", "pack");
  expect(refused.stdout).toContain("tried makes a credential that does not end: use a role.");
  expect(refused.stdout).toContain("[mandatory]  no-access-keys");
  expect(refused.status).not.toBe(0);

  write("index.mjs", program("isthmus:index:Nothing", {}));
  const passed = pulumi("preview", "--policy-pack", "pack");
  expect(passed.stdout).toContain("isthmus@v0.1.0");
  expect(passed.status).toBe(0);
});
