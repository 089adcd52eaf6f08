// The partner of the egress benches: answers 200 and notes when what came. Tells its port, then for every message
// "report" what it saw since the last report.
import { createServer } from "node:http";
import { percentile } from "../bench.ts";

let status = 200;
let ids = new Set<string>();
let calls = 0;
let firstAt = 0;
let lastAt = 0;
let delays: number[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.writeHead(status, { "content-length": "0" }).end();
    if (status !== 200) return;
    lastAt = performance.timeOrigin + performance.now();
    if (calls === 0) firstAt = lastAt;
    calls += 1;
    ids.add(String(request.headers["webhook-id"]));
    // Givers say in the actor's name when a message was due.
    const due = /due-([0-9.]+)/.exec(Buffer.concat(chunks).toString("latin1"))?.[1];
    if (due !== undefined) delays.push(lastAt - Number(due));
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));

process.on("message", (order: { readonly status: number } | "count" | "report") => {
  if (typeof order === "object") {
    status = order.status;
    return;
  }
  if (order === "count") {
    process.send?.(ids.size);
    return;
  }
  delays.sort((a, b) => a - b);
  process.send?.({
    distinct: ids.size,
    calls,
    ms: lastAt - firstAt,
    p50: percentile(delays, 0.5),
    p99: percentile(delays, 0.99),
  });
  ids = new Set();
  delays = [];
  calls = 0;
});
