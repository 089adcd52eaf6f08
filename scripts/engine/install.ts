// The Automation API's own install, in a child process, because it cannot be cancelled.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import type { Attempt, OnProgress } from "./attempt.ts";
import { engineIn } from "./candidate.ts";
import { INSTALLED_VERSION } from "./versions.ts";

/** How long the download server may take to answer at all. */
const ANSWER_MS = 5_000;
/** How long the whole download may take: about 150 MB. */
const INSTALL_MS = 5 * 60_000;

/** Lets the Automation API download the engine into the cache, within a bounded time. Never throws. */
export async function installEngine(cache: string, onProgress: OnProgress): Promise<Attempt> {
  const root = `${cache}/${INSTALLED_VERSION}`;
  onProgress("downloading the Pulumi engine");
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), root], {
    stdio: ["ignore", "ignore", "pipe"],
    timeout: INSTALL_MS,
    killSignal: "SIGKILL",
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("exit", resolve);
  });
  if (code !== 0) return { kind: "failed", why: said.trim().split("\n").at(-1) || "not finished within five minutes" };
  const engine = await engineIn(`${root}/bin`, "download");
  return engine === null ? { kind: "failed", why: "what was installed does not run" } : { kind: "got", engine };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await fetch("https://get.pulumi.com/install.sh", { method: "HEAD", signal: AbortSignal.timeout(ANSWER_MS) });
    await PulumiCommand.install({ root: process.argv[2] ?? "" });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    process.stderr.write(`${error instanceof Error ? error.message.split("\n")[0] : error} ${cause}\n`);
    process.exit(1);
  }
}
