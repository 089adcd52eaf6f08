// The Pulumi engine in a network namespace: its provider, and the region's process that it starts, stand there with it.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import type { Engine } from "../../../scripts/engine/engine.ts";

const restartProgram = fileURLToPath(new URL("restart.ts", import.meta.url));

/** @param folder where its command is made */
export async function engineIn(namespace: string, engine: Engine, folder: string): Promise<Engine> {
  const root = join(folder, namespace);
  mkdirSync(join(root, "bin"), { recursive: true });
  const script = `#!/bin/sh\nexec ip netns exec '${namespace}' '${join(engine.bin, "pulumi")}' "$@"\n`;
  writeFileSync(join(root, "bin", "pulumi"), script, { mode: 0o700 });
  return { ...engine, command: await PulumiCommand.get({ root }) };
}

/** Starts a killed process of a region in the region's namespace. */
export async function restartIn(namespace: string, stateDir: string): Promise<void> {
  const program = [process.execPath, "--disable-warning=ExperimentalWarning", restartProgram, stateDir];
  await promisify(execFile)("ip", ["netns", "exec", namespace, ...program]);
}
