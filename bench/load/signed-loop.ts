// The bare baseline of egress: signs and posts, 32 at once, and keeps nothing.
// Usage: signed-loop.ts <url> <count>; tells { rate, p50, p99 } to the parent process.
import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { Pool } from "undici";
import { closedLoop } from "../bench.ts";
import { signingKey } from "../events.ts";

const [, , url = "", count] = process.argv;
const pool = new Pool(new URL(url).origin, { connections: 32 });
const webhook = new Webhook(signingKey);
const post = async (): Promise<void> => {
  const id = randomUUID();
  const body = JSON.stringify({
    type: "invoice.line",
    timestamp: new Date().toISOString(),
    data: { repository: "octo/hello", activity: "issues/opened", actor: "octocat", quantity: 1 },
  });
  const now = new Date();
  const { body: answer } = await pool.request({
    path: "/invoices",
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": webhook.sign(id, now, body),
    },
    body,
  });
  await answer.dump();
};
await closedLoop(1_000, 32, (_, done) => void post().then(done));
process.send?.(await closedLoop(Number(count), 32, (_, done) => void post().then(done)));
await pool.close();
process.disconnect?.();
