// The giver of the ingress bench: posts the same signed body under ever new delivery ids, as fast as it is answered.
// Usage: ingress.ts <url> <connections> <seconds> <secret>; tells { rate, p50, p99, failed } to the parent process.
import { createHmac } from "node:crypto";
import autocannon from "autocannon";
import { percentile } from "../bench.ts";

const [, , url = "", connections, seconds, secret = ""] = process.argv;
const body = JSON.stringify({
  action: "opened",
  repository: { full_name: "octo/hello" },
  sender: { login: "octocat" },
  filling: "x".repeat(900),
});
const took: number[] = [];
let failed = 0;
const startedAt = performance.now();
const run = autocannon(
  {
    url,
    method: "POST",
    connections: Number(connections),
    duration: Number(seconds),
    idReplacement: true,
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": "[<id>]",
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
    body,
  },
  () => finish(),
);
run.on("response", (_client, status, _bytes, ms) => {
  if (status < 200 || status >= 300) failed += 1;
  took.push(ms);
});

const finish = (): void => {
  const elapsed = performance.now() - startedAt;
  took.sort((a, b) => a - b);
  process.send?.({
    rate: (took.length / elapsed) * 1_000,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    failed,
  });
  process.disconnect?.();
};
