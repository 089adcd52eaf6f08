// `npm run pulumi`: the engine by hand, in a clone of its own.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findOrGetEngine } from "../../scripts/engine/engine.ts";
import { Clone } from "./clone.ts";

const MINUTES = 60_000;
const STACK = "preview-command.global";
let clone: Clone;

const pulumi = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(clone.folder, "scripts/pulumi.ts"), ...args, "-s", STACK], {
    cwd: clone.folder,
    encoding: "utf8",
    env: { ...process.env, PULUMI_BACKEND_URL: undefined, PULUMI_CONFIG_PASSPHRASE: undefined },
  });
const settings = (): string => readFileSync(join(clone.folder, `Pulumi.${STACK}.yaml`), "utf8");

beforeAll(async () => {
  await findOrGetEngine({ onProgress: (message) => process.stderr.write(`${message}\n`) });
  clone = await Clone.make();
}, 15 * MINUTES);
afterAll(() => {
  pulumi("destroy", "--yes", "--skip-preview");
  clone.remove();
}, MINUTES);

describe.sequential("the engine by hand", { timeout: 2 * MINUTES }, () => {
  test("makes a stack that does not exist, for a preview", () => {
    const { status, stdout } = pulumi("preview", "--config", `isthmus:basePort=${clone.basePort}`);
    expect(stdout).toMatch(/\+ 8 to create/);
    expect(status).toBe(0);
  });

  test("brings it up, and keeps all state in one folder", async () => {
    expect(pulumi("up", "--yes", "--skip-preview").status).toBe(0);
    expect(existsSync(join(clone.folder, ".isthmus/preview-command.active-active/witness/process.json"))).toBe(true);
    expect(await clone.openPorts()).toEqual([clone.basePort, clone.basePort + 100]);
  });

  test("does not remember leave to throw entries away", () => {
    expect(pulumi("up", "--yes", "--skip-preview", "--config", "isthmus:discard=orders").status).toBe(0);
    expect(settings()).toContain("isthmus:basePort");
    expect(settings()).not.toContain("discard");
  });

  test("says the engine's own exit code where it is refused", () => {
    const { status, stdout } = pulumi("up", "--yes", "--skip-preview", "--config", "isthmus:basePort=80");
    expect(status).not.toBe(0);
    expect(stdout).toContain("basePort: must be a whole number from 1024 to 65335, not 80");
    expect(pulumi("config", "set", "isthmus:basePort", String(clone.basePort)).status).toBe(0);
  });

  test("leaves no process and no port when it is destroyed", async () => {
    expect(pulumi("destroy", "--yes", "--skip-preview").status).toBe(0);
    expect(clone.processes()).toEqual([]);
    expect(await clone.openPorts()).toEqual([]);
  });
});
