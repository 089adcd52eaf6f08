// A clone of the project with a partner, stacks of its own and everything in one folder, so that a test may edit
// definitions and see that nothing is left.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "@octokit/webhooks-methods";
import { projectRoot } from "../../scripts/deploy/backend.ts";
import type { StackOptions, StackRequest } from "../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../scripts/engine/engine.ts";
import { PartnerProcess } from "../drills/partner.ts";

const PARTS = ["infra", "connectors", "src", "Pulumi.yaml", "package.json", "tsconfig.json"];
const WEBHOOK_SECRET = "github-webhook-secret-of-the-test";
const SIGNING_SECRET = `whsec_${Buffer.from("a signing secret for the tests..").toString("base64")}`;
const MODE = "active-active";

export class World {
  readonly environment: string;
  readonly folder: string;
  readonly partner: PartnerProcess;
  /** What every engine operation is given; `stacks` are all three. */
  readonly options: StackOptions;
  readonly basePort: number;

  private constructor(fields: Pick<World, "environment" | "folder" | "partner" | "options" | "basePort">) {
    this.environment = fields.environment;
    this.folder = fields.folder;
    this.partner = fields.partner;
    this.options = fields.options;
    this.basePort = fields.basePort;
  }

  /** Makes the clone and starts the partner; deploys nothing. */
  static async make(name: string): Promise<World> {
    const engine = await findOrGetEngine({ onProgress: (message) => process.stderr.write(`${message}\n`) });
    const folder = mkdtempSync(join(tmpdir(), "isthmus-integration-"));
    for (const part of PARTS) cpSync(join(projectRoot, part), join(folder, part), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const ports = { primary: 0, secondary: 0, control: 0 };
    const partner = await PartnerProcess.start(join(folder, "partner"), { ports, secrets: [SIGNING_SECRET] });
    const environment = `preview-${name}`;
    const basePort = await freeBasePort();
    const loopback = [partner.urls.primary, partner.urls.secondary].map((url) => new URL(url).host);
    const settings = { "billing-url-primary": partner.urls.primary, "billing-url-secondary": partner.urls.secondary };
    const stacks: StackRequest[] = [
      {
        stack: `${environment}.global`,
        config: { basePort, loopback, settings },
        secrets: { "github-webhook": WEBHOOK_SECRET, "billing-signing": SIGNING_SECRET },
      },
      ...["east", "west"].map((region) => ({ stack: `${environment}.${region}.${MODE}` })),
    ];
    const options = { engine, stacks, home: join(folder, "state"), project: folder };
    return new World({ environment, folder, partner, options, basePort });
  }

  /** The options for the stack of one region. */
  only(region: string): StackOptions {
    return { ...this.options, stacks: [{ stack: this.stackOf(region) }] };
  }

  stackOf(region: string): string {
    return `${this.environment}.${region}.${MODE}`;
  }

  process(region: string) {
    return { home: join(this.folder, "state"), environment: this.environment, mode: MODE, region } as const;
  }

  /** Gives a push as GitHub would. @returns the status. */
  async push(endpoint: string, id: string): Promise<number> {
    const body = JSON.stringify({ repository: { full_name: "octo/hello" }, sender: { login: "octocat" }, ref: id });
    const answer = await fetch(endpoint, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": id,
        "x-hub-signature-256": await sign(WEBHOOK_SECRET, body),
      },
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** How many effects the partner made, by its own ledger. */
  effects(): number {
    return this.partner.ledger().filter((line) => line.kind === "request" && line.effect !== null && !line.duplicate)
      .length;
  }

  /** Command lines of processes, of whatever program, that work on the clone; the partner's own left out. */
  processes(): readonly string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== this.partner.pid)
      .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " "))
      .filter((command) => command.includes(this.folder));
  }

  /** Ports of the environment, of both topologies, that something listens on. */
  async openPorts(): Promise<readonly number[]> {
    const ports = Array.from({ length: 200 }, (_, index) => this.basePort + index);
    const open = await Promise.all(ports.map(async (port) => ((await isFree(port)) ? null : port)));
    return open.filter((port) => port !== null);
  }

  async end(): Promise<void> {
    await this.partner.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The first of 200 ports that are all free. */
/** The first of 200 ports that were free a moment ago. */
export async function freeBasePort(): Promise<number> {
  for (let base = 24_000 + Math.floor(Math.random() * 100) * 200; base < 60_000; base += 200) {
    const taken = await Promise.all(Array.from({ length: 200 }, (_, index) => isFree(base + index)));
    if (taken.every(Boolean)) return base;
  }
  throw new Error("no 200 free ports in a row");
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
