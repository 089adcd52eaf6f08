// One MiniStack process: the AWS of one region, on this machine. It really is killed, frozen and cut off with its region.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { installMinistack } from "./install.ts";

export interface MinistackOptions {
  readonly region: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Address that it listens at. Default 127.0.0.1. */
  readonly host?: string;
  /** Put before the command, for example to run it in a network namespace. */
  readonly prefix?: readonly string[];
  /** Policies are enforced and signatures checked. Default false. */
  readonly auth?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Where its output goes. Default: nowhere. */
  readonly log?: number;
}

export interface Ministack {
  readonly url: string;
  readonly region: string;
  readonly port: number;
  readonly pid: number;
  /** Signals it and the workers of its functions: all that the region runs. */
  signal(signal: NodeJS.Signals): void;
  /** Kills it with everything, and waits until it is gone. */
  kill(): Promise<void>;
}

const startWithinMs = 30_000;
const launch = join(import.meta.dirname, "launch.py");
/** Node that functions run on: the one of the project. */
const nodeFolder = join(import.meta.dirname, "..", "..", "..", "node_modules", ".bin");

export async function startMinistack(options: MinistackOptions): Promise<Ministack> {
  const python = await installMinistack();
  const { region, host = "127.0.0.1", prefix = [], auth = false, env = {}, log } = options;
  const port = options.port ?? (await freePort());
  const [command = python, ...args] = [...prefix, python, launch];
  const child = spawn(command, args, {
    // A group of its own, so that the workers of its functions share its fate.
    detached: true,
    stdio: ["ignore", log ?? "ignore", log ?? "ignore"],
    env: {
      ...process.env,
      ...env,
      PATH: `${nodeFolder}${delimiter}${process.env.PATH ?? ""}`,
      BIND_HOST: host,
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: region,
      ...(auth && { AUTH: "true" }),
    },
  });
  const url = `http://${host}:${port}`;
  await ready(child, url);
  return {
    url,
    region,
    port,
    pid: child.pid ?? 0,
    signal: (signal) => signalGroup(child, signal),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      signalGroup(child, "SIGKILL");
      await gone;
    },
  };
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + startWithinMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with code ${child.exitCode} as it started`);
    const response = await fetch(`${url}/_ministack/health`).catch(() => null);
    if (response?.ok) return;
    await wait(50);
  }
  signalGroup(child, "SIGKILL");
  throw new Error(`MiniStack was not ready within ${startWithinMs / 1_000} s`);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject()));
    });
  });
