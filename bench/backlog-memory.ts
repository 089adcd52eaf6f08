import { fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../src/hosts/node/node-flags.ts";
import type { Bench } from "./bench.ts";

const subject = fileURLToPath(new URL("./subjects/backlog.ts", import.meta.url));

/** What a process that holds a journal takes with few and with very many open entries. */
export const backlogMemory: Bench = {
  name: "backlog-memory",
  about: "memory of a process with a backlog of 10^6 open entries, while it accepts and while it drains",
  async run({ say }) {
    await peakOf(1_000);
    const small = await peakOf(1_000);
    say("building a backlog of 10^6");
    const large = await peakOf(1_000_000);
    return [
      { what: "peak with 10^3 open entries", value: small, unit: "MB" },
      {
        what: "peak with 10^6 open entries",
        value: large,
        unit: "MB",
        ratio: large / small,
        target: "< 150 MB",
        met: large < 150,
      },
    ];
  },
};

const peakOf = (entries: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = fork(subject, [String(entries)], {
      // As a gateway is started: without a cache of compiled code every thread would also hold the compiler.
      execArgv: [...nodeFlags],
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "isthmus-bench-compiled") },
    });
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", (code) => reject(new Error(`the process with the backlog ended with ${code}`)));
  });
