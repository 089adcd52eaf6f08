// A giver that keeps a pace, whatever the answers: posts GitHub's webhooks, or what comes out of them in the end.
// Usage: paced.ts <url> <count> <per second>; is done when all were answered, and tells how many were answered 2xx.
import { createHmac, randomUUID } from "node:crypto";
import { Pool } from "undici";
import { githubSecret } from "../events.ts";

const [, , url = "", total, perSecond] = process.argv;
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: 64 });
const count = Number(total);
const begin = performance.now() + 100;
let answered = 0;
let well = 0;

const post = async (index: number, dueAt: number): Promise<void> => {
  const id = randomUUID();
  const body = JSON.stringify({
    action: "opened",
    repository: { full_name: `octo/repository-${index % 500}` },
    sender: { login: `due-${performance.timeOrigin + dueAt}` },
  });
  const headers = {
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": id,
    "webhook-id": id,
    "x-hub-signature-256": `sha256=${createHmac("sha256", githubSecret).update(body).digest("hex")}`,
  };
  const { statusCode, body: answer } = await pool.request({ path: pathname, method: "POST", headers, body });
  await answer.dump();
  if (statusCode >= 200 && statusCode < 300) well += 1;
};

const finish = (): void => {
  process.send?.(well);
  void pool.close().then(() => process.disconnect?.());
};

let next = 0;
const tick = (): void => {
  for (; next < count; next += 1) {
    const dueAt = begin + (next * 1_000) / Number(perSecond);
    if (dueAt > performance.now()) break;
    void post(next, dueAt).then(() => {
      answered += 1;
      if (answered === count) finish();
    });
  }
  if (next < count) setTimeout(tick, 1);
};
tick();
