// A clone of the project in a folder of its own, with ports that nobody else has.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../scripts/deploy/backend.ts";

const PARTS = ["infra", "connectors", "scripts", "src", "Pulumi.yaml", "package.json", "tsconfig.json"];
/** Ports of an environment, both topologies. */
const PORTS = 200;

export class Clone {
  readonly folder: string;
  readonly basePort: number;

  private constructor(folder: string, basePort: number) {
    this.folder = folder;
    this.basePort = basePort;
  }

  static async make(): Promise<Clone> {
    const folder = mkdtempSync(join(tmpdir(), "isthmus-integration-"));
    for (const part of PARTS) cpSync(join(projectRoot, part), join(folder, part), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    return new Clone(folder, await freeBasePort());
  }

  /** Command lines of processes, of whatever program, that work on the clone. */
  processes(): readonly string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " "))
      .filter((command) => command.includes(this.folder));
  }

  /** Ports of the clone's environment that something listens on. */
  async openPorts(): Promise<readonly number[]> {
    const ports = Array.from({ length: PORTS }, (_, index) => this.basePort + index);
    const open = await Promise.all(ports.map(async (port) => ((await isFree(port)) ? null : port)));
    return open.filter((port) => port !== null);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The first of 200 ports that are all free. */
export async function freeBasePort(): Promise<number> {
  for (let base = 20_000 + Math.floor(Math.random() * 50) * PORTS; base < 32_000; base += PORTS) {
    const free = await Promise.all(Array.from({ length: PORTS }, (_, index) => isFree(base + index)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${PORTS} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
