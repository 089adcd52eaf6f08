import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bench, type Measure, median } from "./bench.ts";
import { githubSecret } from "./events.ts";
import { cpuMsOf, end, startGateway, startScript } from "./gateway.ts";

const connections = 64;

interface Load {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** Of the server's process, for each call. Microseconds. */
  readonly cpuUs: number;
}

/** Messages accepted a second, verified, deduplicated and durable, against a server that only writes and syncs. */
export const ingressAccept: Bench = {
  name: "ingress-accept",
  about: "accept of signed webhooks against a bare node:http server with one writev and fdatasync per batch",
  async run({ full, say }) {
    const [rounds, seconds] = full ? [15, 2] : [7, 1];
    const folder = mkdtempSync(join(tmpdir(), "isthmus-bench-"));
    const bare = startScript("./subjects/group-commit-server.ts", [join(folder, "log")]);
    const { port } = (await bare.message()) as { port: number };
    const gateway = await startGateway();
    try {
      // Paused, so that what is measured is the accept alone; end-to-end measures the whole.
      const secrets = { "github-webhook": [githubSecret] };
      await gateway.deploy("github-pushes", "infra/partners/github/pushes.ts", { secrets, paused: true });
      const baselines: Load[] = [];
      const accepts: Load[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
        const lasts = round === 0 ? 3 : seconds;
        const base = await load(`http://127.0.0.1:${port}/github-pushes`, lasts, bare.child.pid);
        const accept = await load(`${gateway.publicUrl}/github-pushes`, lasts, gateway.pid);
        if (round === 0) continue;
        baselines.push(base);
        accepts.push(accept);
      }
      return compare(baselines, accepts);
    } finally {
      await Promise.all([gateway.stop(), end(bare.child)]);
      rmSync(folder, { recursive: true });
    }
  },
};

const load = async (url: string, seconds: number, pid: number | undefined): Promise<Load> => {
  const before = cpuMsOf(pid);
  const giver = startScript("./load/ingress.ts", [url, String(connections), String(seconds), githubSecret]);
  const result = (await giver.message()) as Omit<Load, "cpuUs">;
  if (result.failed > 0) throw new Error(`${result.failed} calls to ${url} were not answered 2xx`);
  return { ...result, cpuUs: ((cpuMsOf(pid) - before) * 1_000) / (result.rate * seconds) };
};

const compare = (baselines: readonly Load[], accepts: readonly Load[]): readonly Measure[] => {
  const of = (loads: readonly Load[]): Load => ({
    rate: median(loads.map(({ rate }) => rate)),
    p50: median(loads.map(({ p50 }) => p50)),
    p99: median(loads.map(({ p99 }) => p99)),
    failed: 0,
    cpuUs: median(loads.map(({ cpuUs }) => cpuUs)),
  });
  const [base, accept] = [of(baselines), of(accepts)];
  // Round by round, since what else the machine does changes meanwhile.
  const rounds = accepts.flatMap((ours, at) => {
    const bare = baselines[at];
    return bare === undefined ? [] : [{ rate: ours.rate / bare.rate, p99: ours.p99 / bare.p99 }];
  });
  const ratio = median(rounds.map(({ rate }) => rate));
  const tail = median(rounds.map(({ p99 }) => p99));
  return [
    { what: "bare server", ...columns(base) },
    {
      what: "gateway",
      ...columns(accept),
      ratio,
      target: ">= 0.6",
      met: ratio >= 0.6,
    },
    { what: "p99 against the bare server", ratio: tail, target: "<= 2", met: tail <= 2 },
  ];
};

const columns = ({ rate, p50, p99, cpuUs }: Load) => ({ rate, p50, p99, value: cpuUs, unit: "us CPU" });
