// A gateway of one region, started as its host starts it, and asked through its admin interface.

import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleDefinitions } from "../connectors/bundle/bundle.ts";
import { nodeFlags } from "../src/hosts/node/node-flags.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const token = "bench-admin-token-of-this-run";

export interface Gateway {
  readonly publicUrl: string;
  readonly pid: number | undefined;
  /** Of the region, which is called east. */
  readonly stateDir: string;
  deploy(name: string, path: string, more: Deployment): Promise<void>;
  /** Counts of a connector's ledger. */
  counts(name: string): Promise<Counts>;
  /** Publishes CloudEvents to the hub, all or none. */
  publish(events: readonly object[]): Promise<void>;
  /** Resident memory of the process now, and at most so far. MB. */
  memory(): { readonly now: number; readonly peak: number };
  stop(): Promise<void>;
  /** Ends the process at once, as if its machine had failed, and leaves its state where it is. */
  kill(): Promise<void>;
}

export interface Counts {
  readonly pending: number;
}

export interface Deployment {
  readonly settings?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  /** Accepts, and hands nothing over. */
  readonly paused?: boolean;
}

/**
 * Resolves when it acts.
 *
 * @param loopback addresses of partners on this machine that may be called
 * @param folder of an earlier one that was killed, whose state it has; default: a new one
 */
export const startGateway = async (
  loopback: readonly string[] = [],
  folder = mkdtempSync(join(tmpdir(), "isthmus-bench-")),
): Promise<Gateway> => {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const stateDir = join(folder, "east");
  const config = {
    kind: "region",
    environment: "bench",
    mode: "active-active",
    region: "east",
    regions: ["east"],
    stateDir,
    host: "127.0.0.1",
    publicPort,
    adminPort,
    peers: {},
    voters: { east: adminUrl },
    peerToken: "bench-peer-token-of-this-run",
    adminToken: token,
    lease: { ttlMs: 2_000, marginMs: 200, requestTimeoutMs: 1_000 },
    loopback,
  };
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify(config));
  const child = spawn(process.execPath, [...nodeFlags, join(root, "src/hosts/node/main.ts"), path], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "isthmus-bench-compiled") },
  });
  await until(() => ok(`http://127.0.0.1:${publicPort}/health/act`), "the gateway acts");
  const admin = adminOf(adminUrl);
  return {
    publicUrl: `http://127.0.0.1:${publicPort}`,
    pid: child.pid,
    stateDir,
    async deploy(name, definition, { settings = {}, secrets = {}, paused = false }) {
      const bundle = bundleDefinitions([definition], root).get(definition);
      const { text, digest } = bundle ?? {};
      await admin("PUT", `/admin/connectors/${name}`, { bundle: text, digest, settings, secrets, paused });
    },
    async counts(name) {
      const { counts } = (await admin("GET", `/admin/connectors/${name}`)) as { counts: Counts };
      return counts;
    },
    publish: (events) => publish(`http://127.0.0.1:${publicPort}/hub/events`, events),
    memory: () => memoryOf(child),
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true });
    },
    kill: () => end(child, "SIGKILL"),
  };
};

const publish = async (url: string, events: readonly object[]): Promise<void> => {
  const headers = { "content-type": "application/cloudevents-batch+json", authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(events) });
  if (!response.ok) throw new Error(`the hub answered ${response.status}: ${await response.text()}`);
};

const adminOf =
  (url: string) =>
  async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  };

const memoryOf = ({ pid }: ChildProcess): { now: number; peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (field: string): number => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1_000);
  return { now: mb("VmRSS"), peak: mb("VmHWM") };
};

/** Processor time that a process has used so far, in all its threads. Milliseconds. */
export const cpuMsOf = (pid: number | undefined): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // utime and stime, in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

const ok = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

/** Asks until it is so. */
export const until = async (so: () => boolean | Promise<boolean>, what: string, withinMs = 120_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const end = (child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill(signal);
  });

/** Starts a script of the bench; `message` resolves with the next thing it tells. */
export const startScript = (
  script: string,
  args: readonly string[],
): { readonly child: ChildProcess; message(): Promise<unknown> } => {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const told: unknown[] = [];
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  child.on("message", (value) => {
    const next = waiting.shift();
    if (next === undefined) told.push(value);
    else next.resolve(value);
  });
  child.once("exit", (code) => {
    for (const { reject } of waiting) reject(new Error(`${script} ended with ${code}`));
  });
  const message = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (told.length > 0) resolve(told.shift());
      else waiting.push({ resolve, reject });
    });
  return { child, message };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(address)));
    });
  });
