// The pack where an engine can start it.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(import.meta.dirname, "..", "..");

export interface InstalledPack {
  /** What `--policy-pack` is given. */
  readonly path: string;
  /** Must be in the engine's PATH. */
  readonly bin: string;
}

/**
 * The Node language host that can be built here starts no plugins, so the engine is told of another runtime, whose packs it
 * starts by a script: that does what a current host does for Node. The pack is the same.
 *
 * @param folder that it is put into
 */
export function installPack(folder: string): InstalledPack {
  const [path, bin] = [join(folder, "pack"), join(folder, "bin")];
  for (const part of [path, bin]) mkdirSync(part, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
  const script = join(bin, "pulumi-analyzer-policy-isthmus");
  const run = 'require(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.cwd()] }))';
  writeFileSync(script, `#!/bin/sh\nexec ${join(root, "node_modules", ".bin", "node")} -e '${run}' run "$@"\n`);
  chmodSync(script, 0o755);
  writeFileSync(join(path, "PulumiPolicy.yaml"), "runtime: isthmus\nmain: main.cjs\n");
  writeFileSync(join(path, "package.json"), '{ "name": "pack", "version": "0.1.0", "main": "main.cjs" }');
  const pack = pathToFileURL(join(root, "policy", "pack.ts")).href;
  writeFileSync(join(path, "main.cjs"), `import(${JSON.stringify(pack)});`);
  return { path, bin };
}
