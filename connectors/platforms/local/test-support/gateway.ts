// A stand-in for the gateway process: the runtime contract's admin interface and nothing behind it. Counts of a
// connector are what a test puts there (`PUT /admin/connectors/:name/counts`), and so are duties (`PUT /admin/status`).
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import * as z from "zod";

const Config = z.object({
  environment: z.string(),
  mode: z.string(),
  region: z.string(),
  stateDir: z.string(),
  host: z.string(),
  publicPort: z.int().optional(),
  adminPort: z.int(),
  adminToken: z.string(),
});
const Stored = z.object({
  digest: z.string(),
  bundle: z.string(),
  counts: z.record(z.string(), z.number()).default({}),
});

const config = Config.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const processId = randomUUID();
const kept = join(config.stateDir, "connectors.json");
const connectors: Record<string, z.infer<typeof Stored>> = existsSync(kept)
  ? z.record(z.string(), Stored).parse(JSON.parse(readFileSync(kept, "utf8")))
  : {};

let status: unknown = {};

async function admin(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== `Bearer ${config.adminToken}`) return answer(response, 401, {});
  const url = new URL(request.url ?? "/", "http://gateway");
  const [, , kind, name = "", part] = url.pathname.split("/");
  if (url.pathname === "/admin/info")
    return answer(response, 200, { region: config.region, pid: process.pid, processId });
  if (url.pathname === "/admin/status") {
    if (request.method === "PUT") status = JSON.parse(await text(request));
    return answer(response, 200, status);
  }
  if (url.pathname === "/admin/stop") {
    answer(response, 202, {});
    return stop();
  }
  if (kind !== "connectors") return answer(response, 404, {});
  if (request.method === "PUT") {
    const body: unknown = JSON.parse(await text(request));
    const previous = connectors[name] ?? { counts: {} };
    connectors[name] = Stored.parse(
      part === "counts" ? { ...previous, counts: body } : { ...previous, ...Object(body) },
    );
    keep();
    return answer(response, 200, {});
  }
  const found = connectors[name];
  if (found === undefined) return answer(response, 404, {});
  if (request.method === "DELETE") {
    const held = Object.values(found.counts).some((count) => count > 0);
    if (held && url.searchParams.get("discard") !== "true") return answer(response, 409, { counts: found.counts });
    delete connectors[name];
    keep();
  }
  answer(response, 200, { digest: found.digest, bundle: found.bundle, counts: found.counts });
}

function keep(): void {
  writeFileSync(`${kept}.draft`, JSON.stringify(connectors));
  renameSync(`${kept}.draft`, kept);
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const servers: Server[] = [
  createServer((request, response) => void admin(request, response)).listen(config.adminPort, config.host),
];
if (config.publicPort !== undefined) {
  servers.push(createServer((_, response) => answer(response, 202, {})).listen(config.publicPort, config.host));
}
await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
const startedAt = new Date().toISOString();
writeFileSync(join(config.stateDir, "process.json"), JSON.stringify({ pid: process.pid, processId, startedAt }));

function stop(): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  process.exit(0);
}
process.on("SIGTERM", stop);
