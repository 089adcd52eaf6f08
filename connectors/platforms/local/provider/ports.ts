// Whether a port is free, and who has it if not.
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A process that was killed is gone a moment before its ports are. */
const CLOSING_MS = 1_000;

/** Who has a port. `null` where the system does not tell. */
export interface Owner {
  readonly pid: number;
  readonly command: string;
}

/** @throws with the port, and the process that has it where that is known. */
export async function requireFree(host: string, port: number): Promise<void> {
  const end = performance.now() + CLOSING_MS;
  while (!(await free(host, port))) {
    if (performance.now() > end) throw await taken(port);
    await delay(50);
  }
}

async function taken(port: number): Promise<Error> {
  const owner = await ownerOf(port);
  const who = owner === null ? "another process" : `process ${owner.pid} (${owner.command})`;
  return new Error(
    `port ${port} is taken by ${who}: stop it, or set another first port with \`pulumi config set isthmus:basePort\` in all stacks of the environment`,
  );
}

function free(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The process that listens on a port of this machine. Linux only: elsewhere null. */
export async function ownerOf(port: number): Promise<Owner | null> {
  const sockets = await listeners(port);
  if (sockets.size === 0) return null;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (!sockets.has(target)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: command.replaceAll("\0", " ").trim().slice(0, 120) };
    }
  }
  return null;
}

/** Sockets in state LISTEN (0A) on the port, as `/proc/<pid>/fd` names them. */
async function listeners(port: number): Promise<ReadonlySet<string>> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const rows = tables
    .join("\n")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return new Set(
    rows.filter((row) => row[1]?.endsWith(`:${hex}`) && row[3] === "0A").map((row) => `socket:[${row[9]}]`),
  );
}
