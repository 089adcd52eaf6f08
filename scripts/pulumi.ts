// `npm run pulumi -- <args>`: the Pulumi engine on this project's backend. A stack that is named and does not exist is
// made for `up` and `preview`.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { backend, projectRoot } from "./deploy/backend.ts";
import { EngineMissing, findOrGetEngine } from "./engine/engine.ts";
import { progress } from "./progress.ts";

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EngineMissing)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<number> {
  const { tell, end } = progress();
  const engine = await findOrGetEngine({ onProgress: tell }).finally(end);
  const { environment } = await backend({ engine });
  const pulumi = join(engine.bin, "pulumi");
  const options = { cwd: projectRoot, env: { ...process.env, ...environment } };
  const stack = stackOf(args);
  if (stack !== null && ["up", "update", "preview", "pre"].includes(args[0] ?? "")) {
    const known = spawnSync(pulumi, ["stack", "ls", "--json"], { ...options, encoding: "utf8" });
    if (known.status === 0 && !known.stdout.includes(`"name": "${stack}"`)) {
      spawnSync(pulumi, ["stack", "init", stack, "--no-select"], { ...options, stdio: ["inherit", 2, "inherit"] });
    }
  }
  const child = spawn(pulumi, args, { ...options, stdio: "inherit" });
  // The terminal signals both; the engine decides what an interrupt means, and this process waits for it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const code = await new Promise<number>((resolve) => {
    child.on("exit", (status) => resolve(status ?? 1));
  });
  // The engine keeps `--config` for later runs; leave to throw entries away must be given each time.
  if (args.some((arg) => arg.includes("isthmus:discard="))) {
    const named = stack === null ? [] : ["-s", stack];
    spawnSync(pulumi, ["config", "rm", "isthmus:discard", ...named], {
      ...options,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return code;
}

function stackOf(args: readonly string[]): string | null {
  const at = args.findIndex((arg) => arg === "-s" || arg === "--stack");
  if (at >= 0) return args[at + 1] ?? null;
  return args.find((arg) => arg.startsWith("--stack="))?.slice("--stack=".length) ?? null;
}
