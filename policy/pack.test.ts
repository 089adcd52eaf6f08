// The pack under the real engine: a violation stops a preview, and what is as it should be does not.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOrGetEngine } from "../scripts/engine/engine.ts";

const root = resolve(import.meta.dirname, "..");
let folder = "";
let environment: NodeJS.ProcessEnv = {};

const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);

/**
 * The Node language host that can be built here starts no plugins, so the engine is told of another runtime, whose packs it
 * starts by a script: that does what a current host does for Node. The pack is the same.
 */
beforeAll(async () => {
  const engine = await findOrGetEngine({ onProgress: () => {} });
  folder = mkdtempSync(join(tmpdir(), "isthmus-policy-"));
  for (const part of ["bin", "pack", "backend"]) mkdirSync(join(folder, part));
  for (const part of [".", "pack"]) symlinkSync(join(root, "node_modules"), join(folder, part, "node_modules"));
  const script = join(folder, "bin/pulumi-analyzer-policy-isthmus");
  const run = 'require(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.cwd()] }))';
  writeFileSync(script, `#!/bin/sh\nexec node -e '${run}' run "$@"\n`);
  chmodSync(script, 0o755);
  write("pack/PulumiPolicy.yaml", "runtime: isthmus\nmain: main.cjs\n");
  write("pack/package.json", '{ "name": "pack", "version": "0.1.0", "main": "main.cjs" }');
  write("pack/main.cjs", `import(${JSON.stringify(pathToFileURL(join(root, "policy/pack.ts")).href)});`);
  write("Pulumi.yaml", "name: tried\nmain: index.mjs\nruntime: { name: nodejs, options: { typescript: false } }\n");
  write("package.json", '{ "type": "module", "main": "index.mjs" }');
  const path = [resolve(process.execPath, ".."), join(folder, "bin"), engine.bin, process.env.PATH].join(delimiter);
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
