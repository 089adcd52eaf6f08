// Finds a Pulumi engine, or gets one: on PATH, in the per-user cache, by the Automation API's own install, by a Go build.
import { buildEngine, goCommand } from "./build.ts";
import { type Engine, engineIn, engineOnPath } from "./candidate.ts";
import { installEngine } from "./install.ts";
import { cacheRoot, withLock } from "./lock.ts";
import { BUILT_VERSION, INSTALLED_VERSION, MINIMUM_VERSION } from "./versions.ts";

export type { Engine } from "./candidate.ts";

/** Told what is being done, in a line for people, whenever something takes longer than two seconds. */
export type OnProgress = (message: string) => void;

export interface EngineOptions {
  /** Default: nothing is told. */
  readonly onProgress?: OnProgress;
  /** Where an engine is kept between runs. Default: `isthmus/pulumi` in the user's cache folder. */
  readonly cache?: string;
}

/** No engine was found and none could be got. The message says what to do. */
export class EngineMissing extends Error {
  override readonly name = "EngineMissing";
}

/**
 * A usable engine: the command, its version and the folder that belongs first on PATH.
 * @throws EngineMissing with what was tried and what to do.
 */
export async function findOrGetEngine(options: EngineOptions = {}): Promise<Engine> {
  const onProgress = options.onProgress ?? (() => {});
  const cache = options.cache ?? cacheRoot();
  const found = (await engineOnPath()) ?? (await engineInCache(cache));
  if (found !== null) return found;
  return withLock(cache, onProgress, async () => (await engineInCache(cache)) ?? getEngine(cache, onProgress));
}

async function engineInCache(cache: string): Promise<Engine | null> {
  for (const version of [INSTALLED_VERSION, BUILT_VERSION]) {
    const engine = await engineIn(`${cache}/${version}/bin`, "cache");
    if (engine !== null) return engine;
  }
  return null;
}

async function getEngine(cache: string, onProgress: OnProgress): Promise<Engine> {
  const installed = await installEngine(`${cache}/${INSTALLED_VERSION}`, onProgress);
  if (installed.kind === "installed") return installed.engine;
  const go = await goCommand();
  const built =
    go === null ? { kind: "failed" as const, why: "no `go` on PATH" } : await buildEngine(cache, onProgress);
  if (built.kind === "built") return built.engine;
  throw new EngineMissing(
    [
      "The Pulumi engine is needed, and none could be found or got:",
      `  on PATH: no \`pulumi\` ${MINIMUM_VERSION} or newer with \`pulumi-language-nodejs\` beside it`,
      `  download: ${installed.why}`,
      `  build with Go: ${built.why}`,
      "What to do, one of:",
      "  install Pulumi (https://www.pulumi.com/docs/install/) so that `pulumi version` answers, and start again",
      "  install Go 1.25 or newer, and start again: the engine is then built from the Go module proxy (4 to 5 minutes, once)",
    ].join("\n"),
  );
}
