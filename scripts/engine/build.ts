// Builds the engine from the Go module proxy, for machines that reach a module proxy but not the download server.
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as z from "zod";
import type { Attempt, OnProgress } from "./attempt.ts";
import { engineIn, onPath } from "./candidate.ts";
import { BUILT_VERSION, LANGUAGE_HOST_SDK } from "./versions.ts";

interface Part {
  readonly title: string;
  readonly module: string;
  readonly version: string;
  readonly tool: string;
  readonly replace: string;
  readonly ldflags: string;
}

const PARTS: readonly Part[] = [
  {
    title: "Pulumi engine",
    module: "github.com/pulumi/pulumi/pkg/v3",
    version: `v${BUILT_VERSION}`,
    tool: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // The module asks for a fork by a replacement of its own, and replacements of a dependency do not count.
    replace: "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
    // Without this stamp the Automation API refuses the command.
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${BUILT_VERSION}`,
  },
  {
    title: "Node language host",
    module: "github.com/pulumi/pulumi/sdk/v3",
    version: `v${LANGUAGE_HOST_SDK}`,
    tool: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    replace: "",
    ldflags: "-s -w",
  },
];

/** Builds into a work folder beside the cache, then moves the result into place. Takes 4 to 5 minutes. Never throws. */
export async function buildEngine(cache: string, onProgress: OnProgress): Promise<Attempt> {
  if ((await onPath("go")) === null) return { kind: "failed", why: "no `go` on PATH" };
  const work = join(cache, `building-${BUILT_VERSION}`);
  try {
    await mkdir(join(work, "bin"), { recursive: true });
    for (const part of PARTS) await buildPart(part, work, onProgress);
    await addDynamicProvider(join(work, "bin"));
    const home = join(cache, BUILT_VERSION);
    await rm(home, { recursive: true, force: true });
    await mkdir(home);
    await rename(join(work, "bin"), join(home, "bin"));
    await rm(work, { recursive: true, force: true });
    const engine = await engineIn(join(home, "bin"), "build");
    return engine === null ? { kind: "failed", why: "what was built does not run" } : { kind: "got", engine };
  } catch (error) {
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

async function buildPart(part: Part, work: string, onProgress: OnProgress): Promise<void> {
  const folder = join(work, part.module.replaceAll("/", "-"));
  const go: Go = {
    folder,
    environment: {
      ...process.env,
      GOBIN: join(work, "bin"),
      // Own caches, so that three gigabytes of sources and objects leave with the work folder.
      GOMODCACHE: join(work, "modules"),
      GOCACHE: join(work, "objects"),
    },
  };
  await mkdir(folder, { recursive: true });
  onProgress(`getting the sources of the ${part.title} (${part.version})`);
  await writeFile(join(folder, "go.mod"), "module isthmus/engine\n");
  await writeFile(join(folder, "go.mod"), await goMod(part, go));
  const packages = (await run(go, ["list", "-mod=mod", "-modcacherw", "-deps", part.tool])).split("\n").length;
  let compiled = 0;
  const since = Date.now();
  const tell = () =>
    onProgress(
      `building the ${part.title}: ${compiled} of about ${packages} packages, ${elapsed(since)} (4 to 5 minutes, once)`,
    );
  const ticks = setInterval(tell, 2_000);
  try {
    await run(go, ["install", "-mod=mod", "-modcacherw", "-v", "-ldflags", part.ldflags, part.tool], (lines) => {
      compiled += lines;
    });
  } finally {
    clearInterval(ticks);
  }
}

const ModuleDownload = z.object({ GoMod: z.string() });
const GoModFile = z.object({ Go: z.string(), Require: z.array(z.object({ Path: z.string(), Version: z.string() })) });

/** A module file that requires exactly what the part's own requires, so that its tested versions are built. */
async function goMod(part: Part, go: Go): Promise<string> {
  const answer = await run(go, ["mod", "download", "-modcacherw", "-json", `${part.module}@${part.version}`]);
  const { GoMod } = ModuleDownload.parse(JSON.parse(answer));
  const theirs = GoModFile.parse(JSON.parse(await run(go, ["mod", "edit", "-json", GoMod])));
  const requirements = [
    ...theirs.Require.map(({ Path, Version }) => `${Path} ${Version}`),
    `${part.module} ${part.version}`,
  ];
  const lines = ["module isthmus/engine", `go ${theirs.Go}`, `require (`, ...requirements, ")", part.replace];
  return `${lines.join("\n")}\n`;
}

/** The provider that runs resources written inline in a program: a script that every SDK carries. */
async function addDynamicProvider(bin: string): Promise<void> {
  const name = "pulumi-resource-pulumi-nodejs";
  const script = createRequire(import.meta.url).resolve(`@pulumi/pulumi/${name}`);
  await copyFile(script, join(bin, name));
  await chmod(join(bin, name), 0o755);
}

interface Go {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Runs `go`, returns its standard output. @throws with the last lines that it said. */
async function run(go: Go, args: readonly string[], onLines: (count: number) => void = () => {}): Promise<string> {
  const child: ChildProcess = spawn("go", args, {
    cwd: go.folder,
    env: go.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let said = "";
  child.stdout?.on("data", (text) => {
    out += text;
  });
  child.stderr?.on("data", (text) => {
    said = (said + text).slice(-4_000);
    onLines(String(text).split("\n").length - 1);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`go ${args[0]} failed: ${said.trim().split("\n").slice(-3).join(" | ")}`);
  return out;
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
}
