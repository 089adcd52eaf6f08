// Starts the stand-in and says how an engine attaches to it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EmulatedRegions } from "./clients.ts";

export interface StandIn {
  /** What an engine that attaches has in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): void;
}

const node = join(import.meta.dirname, "..", "..", "..", "node_modules", ".bin", "node");

/** @param regions where each region is emulated */
export async function startStandIn(regions: EmulatedRegions): Promise<StandIn> {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "main.ts")], {
    // It ends when this end of its input does.
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ISTHMUS_EMULATED_REGIONS: JSON.stringify(regions) },
  });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => resolve(Number(line)));
    child.once("exit", (code) => reject(new Error(`the stand-in for aws ended with code ${code}`)));
  });
  return { variables: { PULUMI_DEBUG_PROVIDERS: `aws:${port}` }, stop: () => void child.kill() };
}
