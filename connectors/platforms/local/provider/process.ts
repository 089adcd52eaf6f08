// Starts and stops a gateway process that outlives the deployment, and tells whether one runs on a state folder.

import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { nodeFlags } from "../../../../src/hosts/node/node-flags.ts";
import type { ProcessConfig } from "../plan.ts";
import { call, info } from "./admin.ts";
import { requireFree } from "./ports.ts";

/** How long a process may take from its start to answering. */
const START_MS = 30_000;
/** How long a process may take to stop when asked, then when told by SIGTERM; after that it is killed. */
const STOP_MS = 10_000;
const STEP_MS = 50;

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");
/** The gateway's program. It takes the path of its configuration. */
export const gatewayProgram = join(projectRoot, "src/hosts/node/main.ts");

const ProcessFile = z.object({ pid: z.int(), processId: z.string(), startedAt: z.string() });
export type Running = z.infer<typeof ProcessFile>;

const configFile = (stateDir: string): string => join(stateDir, "config.json");
const tokenFile = (stateDir: string): string => join(stateDir, "admin-token");

/**
 * Starts a process on its state folder and waits until it answers.
 * @throws naming what stands in the way: a process on the folder, a taken port, or the process's own last words.
 */
export async function start(config: ProcessConfig, program: string): Promise<Running> {
  const { stateDir } = config;
  await mkdir(join(stateDir, "log"), { recursive: true, mode: 0o700 });
  const other = await runningOn(stateDir);
  if (other !== null)
    throw new Error(`${stateDir} is in use by process ${other.pid}: stop it, or deploy to another folder`);
  for (const port of [config.publicPort, config.adminPort])
    if (port !== undefined) await requireFree(config.host, port);
  await writeSecretly(configFile(stateDir), JSON.stringify(config, null, 2));
  await writeSecretly(tokenFile(stateDir), config.adminToken);
  return launch(config, program);
}

/** Starts a process again with the configuration that it had. What drills do after they killed one. */
export async function restart(stateDir: string, program = gatewayProgram): Promise<Running> {
  const text = await readFile(configFile(stateDir), "utf8");
  // Written by `start` above.
  return start(JSON.parse(text) as ProcessConfig, program);
}

/** The admin token of a state folder, kept over restarts; null where there is none yet. */
export async function adminToken(stateDir: string): Promise<string | null> {
  return (await readFile(tokenFile(stateDir), "utf8").catch(() => "")).trim() || null;
}

/** The process that runs on a state folder, or null. */
export async function runningOn(stateDir: string): Promise<Running | null> {
  const running = await recorded(stateDir);
  return running !== null && (await alive(running.pid, stateDir)) ? running : null;
}

/** Stops the process on a state folder: asks, then SIGTERM, then SIGKILL. Returns when it is gone. */
export async function stop(stateDir: string, adminUrl: string): Promise<void> {
  const running = await runningOn(stateDir);
  if (running === null) return;
  await call({ adminUrl, tokenFile: tokenFile(stateDir) }, "POST", "/admin/stop");
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    signalTo(running.pid, signal);
    if (await until(STOP_MS, async () => !(await alive(running.pid, stateDir)))) return;
  }
  throw new Error(`process ${running.pid} on ${stateDir} does not end, not even by SIGKILL`);
}

/** Removes a state folder and, with the last one, the folder of its environment and mode. */
export async function removeState(
  stateDir: string,
  siblings: readonly string[],
  extra: readonly string[],
): Promise<void> {
  await rm(stateDir, { recursive: true, force: true });
  const left = await Promise.all(
    siblings.map((folder) =>
      open(folder).then(
        (handle) => handle.close().then(() => true),
        () => false,
      ),
    ),
  );
  if (left.some(Boolean)) return;
  for (const file of extra) await rm(file, { recursive: true, force: true });
}

async function launch(config: ProcessConfig, program: string): Promise<Running> {
  const log = await open(join(config.stateDir, "log", "gateway.log"), "a", 0o600);
  const from = (await log.stat()).size;
  await rm(join(config.stateDir, "process.json"), { force: true });
  const child = spawn(process.execPath, [...nodeFlags, program, configFile(config.stateDir)], {
    cwd: projectRoot,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: environment(),
  });
  child.unref();
  await log.close();
  const endpoint = { adminUrl: `http://${config.host}:${config.adminPort}`, tokenFile: tokenFile(config.stateDir) };
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  child.once("error", () => {
    ended = true;
  });
  // It listens first, then says so in its folder.
  let running: Running | null = null;
  await until(START_MS, async () => {
    if (ended) return true;
    running = (await info(endpoint))?.pid === child.pid ? await recorded(config.stateDir) : null;
    return running !== null;
  });
  return running ?? giveUp(config, child, from);
}

async function giveUp(config: ProcessConfig, child: ChildProcess, from: number): Promise<never> {
  if (child.pid !== undefined) signalTo(child.pid, "SIGKILL");
  const file = join(config.stateDir, "log", "gateway.log");
  const said = (await readFile(file)).subarray(from).toString("utf8").trim().split("\n").slice(-8).join("\n  ");
  throw new Error(`${config.kind} ${config.region} did not start; see ${file}:\n  ${said || "(it said nothing)"}`);
}

/** Only what a process needs: the engine's own environment holds the stack's configuration, secrets included. */
function environment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "NODE_COMPILE_CACHE", "NODE_EXTRA_CA_CERTS"];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

async function recorded(stateDir: string): Promise<Running | null> {
  try {
    return ProcessFile.parse(JSON.parse(await readFile(join(stateDir, "process.json"), "utf8")));
  } catch {
    return null;
  }
}

/** True while the process runs and works on the state folder: a pid may have been given to another program since. */
async function alive(pid: number, stateDir: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  if (status === "" || /^State:\s+Z/m.test(status)) return false;
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes(configFile(stateDir));
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

async function until(ms: number, condition: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await condition()) return true;
    await delay(STEP_MS);
  }
  return false;
}

async function writeSecretly(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}
