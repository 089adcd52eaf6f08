// Real gateway processes on loopback, each on ephemeral ports and a state folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { buildSync } from "esbuild";
import { Webhook } from "standardwebhooks";
import { expect, vi } from "vitest";

export const adminToken = "admin-token-of-the-tests";
const peerToken = "peer-token-of-the-tests";
export const shopSecret = `whsec_${Buffer.from("the secret that the shop signs with").toString("base64")}`;
/** Short, so that tests see leases move; the margins between them are those of the protocol. */
const lease = { ttlMs: 3_000, marginMs: 500, requestTimeoutMs: 2_000 };

/** A definition as a bundle. @param file one of these tests by its name, or any by its path @param change replaces text in the bundle */
export const bundleOf = (
  file: string,
  change: readonly [string, string] = ["", ""],
): { bundle: string; digest: string } => {
  const { outputFiles } = buildSync({
    entryPoints: [resolve(import.meta.dirname, "definitions", `${file}.ts`)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  const bundle = (outputFiles[0]?.text ?? "").replaceAll(...change);
  return { bundle, digest: createHash("sha256").update(bundle).digest("hex") };
};

/** Below the ports that systems give to outgoing connections: of those one may be taken before a process listens on it. */
const portsFrom = 12_000;
const portsInAll = 8_000;

/** Ports that were free a moment ago. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = portsFrom + Math.floor(Math.random() * portsInAll);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createPort().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** One gateway process, with what a test does to it. */
export class Gateway {
  readonly config: Record<string, unknown> & { stateDir: string; publicPort: number; adminPort: number };
  readonly name: string;
  /** More flags of the Node process, from its next start on. */
  flags: readonly string[] = [];
  #child: ChildProcess | null = null;
  #log = "";

  constructor(name: string, config: Gateway["config"]) {
    this.name = name;
    this.config = config;
  }

  /** What the process wrote to its outputs since it was made. */
  get log(): string {
    return this.#log;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get publicUrl(): string {
    return `http://127.0.0.1:${this.config.publicPort}`;
  }

  /** Starts the process and waits for it to listen; where it ends instead, returns its exit code. */
  async start(): Promise<number | null> {
    const { stateDir } = this.config;
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const path = join(stateDir, "config.json");
    writeFileSync(path, JSON.stringify(this.config), { mode: 0o600 });
    rmSync(join(stateDir, "process.json"), { force: true });
    const child = spawn(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      ...this.flags,
      join(import.meta.dirname, "../main.ts"),
      path,
    ]);
    child.stdout.on("data", (chunk) => (this.#log += chunk));
    child.stderr.on("data", (chunk) => (this.#log += chunk));
    this.#child = child;
    const ended = once(child, "exit").then(([code]) => Number(code));
    const listens = vi
      .waitUntil(() => child.exitCode !== null || this.#processFile() === child.pid, { timeout: 30_000, interval: 20 })
      .then(() => child.exitCode);
    return Promise.race([ended, listens]);
  }

  /** Stops the process where it stands, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(signal);
  }

  /** Sends a signal and waits for the end; returns the exit code, null where the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    const [code]: (number | null)[] = await once(child, "exit");
    return code ?? null;
  }

  admin(method: string, path: string, body?: unknown, token = adminToken): Promise<Answer> {
    return call(`http://127.0.0.1:${this.config.adminPort}${path}`, method, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async deploy(name: string, file: string, rest: object, change?: readonly [string, string]): Promise<Answer> {
    const body = { ...bundleOf(file, change), ...rest };
    const asked = (): Promise<Answer> => this.admin("PUT", `/admin/connectors/${name}`, body);
    return vi.waitUntil(async () => asked().then((answer) => answer.status !== 503 && answer), { timeout: 20_000 });
  }

  async counts(name: string): Promise<Record<string, number>> {
    const { body } = await this.admin("GET", `/admin/connectors/${name}`);
    return (body as { counts: Record<string, number> }).counts;
  }

  /** Gives a message as the shop does. */
  give(id: string, body: object, connector = "orders-in"): Promise<Answer> {
    const text = JSON.stringify(body);
    const now = new Date();
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": new Webhook(shopSecret).sign(id, now, text),
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
    return call(`${this.publicUrl}/${connector}`, "POST", { headers, body: text });
  }

  #processFile(): number | null {
    try {
      return JSON.parse(readFileSync(join(this.config.stateDir, "process.json"), "utf8")).pid;
    } catch {
      return null;
    }
  }
}

export const call = async (url: string, method: string, init: RequestInit): Promise<Answer> => {
  const response = await fetch(url, { method, ...init });
  const body = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(body) };
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

/** What a taker saw, in order. */
export interface Taken {
  readonly id: string;
  readonly body: { readonly order: string; readonly note: string };
  readonly headers: IncomingHttpHeaders;
}

/** A partner that takes what it is sent, or does not. */
export class Warehouse {
  readonly taken: Taken[] = [];
  /** Status of its answers; `hang`: it takes what it is sent, and answers nothing. */
  status: number | "hang" = 200;
  readonly #server = createServer(async (request, response) => {
    const body = await text(request);
    if (this.status === "hang") return;
    if (request.method === "POST" && this.status === 200) {
      this.taken.push({
        id: String(request.headers["idempotency-key"]),
        body: JSON.parse(body),
        headers: request.headers,
      });
    }
    response.writeHead(this.status).end("{}");
  });

  async open(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get orders(): readonly string[] {
    return this.taken.map(({ body }) => body.order);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Gateways of one environment and their partner. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "isthmus-host-"));
  readonly warehouse = new Warehouse();
  readonly gateways: readonly Gateway[];

  private constructor(gateways: (folder: string) => readonly Gateway[]) {
    this.gateways = gateways(this.folder);
  }

  /** @param regions one region, or two with a witness @param loopback addresses of more partners */
  static async make(regions: readonly string[], loopback: readonly string[] = []): Promise<World> {
    const names = regions.length === 1 ? regions : [...regions, "witness"];
    const ports = await freePorts(2 * names.length);
    const admin = (name: string): number => ports[names.indexOf(name)] ?? 0;
    const urls = (of: readonly string[]) =>
      Object.fromEntries(of.map((name) => [name, `http://127.0.0.1:${admin(name)}`]));
    const world = new World((folder) =>
      names.map(
        (region, at) =>
          new Gateway(region, {
            kind: region === "witness" ? "witness" : "region",
            environment: "test",
            mode: "active-active",
            region,
            regions,
            stateDir: join(folder, region),
            host: "127.0.0.1",
            ...(region !== "witness" && { publicPort: ports[names.length + at] ?? 0 }),
            adminPort: admin(region),
            peers: urls(regions.filter((other) => other !== region)),
            voters: urls(names),
            peerToken,
            adminToken,
            lease,
            loopback: [],
          } as unknown as Gateway["config"]),
      ),
    );
    await world.warehouse.open();
    for (const { config } of world.gateways) config.loopback = [world.warehouse.address, ...loopback];
    return world;
  }

  gateway(name: string): Gateway {
    const found = this.gateways.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no gateway ${name}`);
    return found;
  }

  async start(): Promise<void> {
    const codes = await Promise.all(this.gateways.map((gateway) => gateway.start()));
    for (const [at, code] of codes.entries()) expect(code, this.gateways[at]?.log).toBeNull();
  }

  /** Deploys both connectors to every region. */
  async deploy(change?: readonly [string, string]): Promise<void> {
    for (const gateway of this.gateways.filter(({ name }) => name !== "witness")) {
      const answers = [
        await gateway.deploy("orders-out", "orders-out", {
          settings: { warehouse: `http://${this.warehouse.address}` },
        }),
        await gateway.deploy("orders-in", "orders-in", { secrets: { shop: [shopSecret] } }, change),
      ];
      for (const answer of answers) expect(answer, gateway.log).toMatchObject({ status: 200 });
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.end("SIGKILL")));
    this.warehouse.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
