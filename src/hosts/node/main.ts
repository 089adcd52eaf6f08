#!/usr/bin/env node
// A gateway process, a region or a witness: `node src/hosts/node/main.ts <config.json>`.
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

// Compiled code is kept for the next start, which then needs neither the time nor the memory to strip types. In the
// user's own cache: what lies there is run.
enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "isthmus", "compiled"));

const [, , path] = process.argv;
if (path === undefined) {
  process.stderr.write("usage: node src/hosts/node/main.ts <config.json>\n");
  process.exit(1);
}
try {
  const { run } = await import("./run.ts");
  await run(path);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
